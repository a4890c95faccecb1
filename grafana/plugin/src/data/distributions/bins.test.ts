import fc from 'fast-check';
import { hasShape, haveSameBins, readBins } from './bins';
import cases from './range_cases.json';

const only = (range: string) => readBins([{ bin: '00', range }]).bins[0];

describe('readBins', () => {
  it.each([
    ['≤ 1.07', { kind: 'below', low: null, high: 1.07 }],
    ['1.07 – 1.46', { kind: 'interval', low: 1.07, high: 1.46 }],
    ['> 9', { kind: 'above', low: 9, high: null }],
    ['> -9', { kind: 'above', low: -9, high: null }],
    ['= 0', { kind: 'atom', low: 0, high: 0 }],
    ['= -1.5', { kind: 'atom', low: -1.5, high: -1.5 }],
    ['-1e-05 – 2.5e+06', { kind: 'interval', low: -1e-5, high: 2.5e6 }],
    ['-3 – -2', { kind: 'interval', low: -3, high: -2 }],
    ['1.23457 – 1.23457', { kind: 'atom', low: 1.23457, high: 1.23457 }],
    ['any', { kind: 'any', low: null, high: null }],
  ])('reads %s', (range, expected) => {
    expect(only(range)).toEqual({ id: '00', range, ...expected });
  });

  it.each(cases)('reads what the exporter writes: $name', ({ edges, labels }) => {
    const { bins, isCategorical } = readBins(labels);

    expect(bins.map(({ id }) => id)).toEqual(labels.map(({ bin }) => bin));
    expect(isCategorical).toBe(edges === null);

    for (const [index, edge] of (edges ?? []).entries()) {
      // Six digits are written, and what is as good as zero is zero.
      const written = Math.abs(edge) < 1e-36 ? 0 : Number(edge.toPrecision(6));

      expect([bins[index]?.high, bins[index + 1]?.low]).toEqual([written, written]);
    }
  });

  it('takes texts for names where there is a bin that only categories have, even if they look like ranges', () => {
    const { bins, isCategorical } = readBins([
      { bin: '00', range: '≤ 5' },
      { bin: '01', range: 'missing' },
      { bin: 'unseen', range: 'unseen' },
    ]);

    expect(isCategorical).toBe(true);
    expect(bins.map(({ kind, range }) => [kind, range])).toEqual([
      ['category', '≤ 5'],
      ['category', 'missing'],
      ['unseen', 'unseen'],
    ]);
    expect(bins.every(({ low, high }) => low === null && high === null)).toBe(true);
  });

  it('knows missing and invalid by their id and takes nothing from them', () => {
    const { bins, isCategorical } = readBins([
      { bin: 'missing', range: 'missing' },
      { bin: '00', range: 'any' },
      { bin: 'invalid', range: '' },
    ]);

    expect(isCategorical).toBe(false);
    expect(bins.map(({ kind, range }) => [kind, range])).toEqual([
      ['any', 'any'],
      ['missing', 'missing'],
      ['invalid', 'invalid'],
    ]);
  });

  const NO_RANGES = ['≤', '1 – ', '2 – 1', '1-2', '= x', '≤ 1 – 2', 'constructor', ''];

  it.each(NO_RANGES)('draws bins side by side where %p is no range', (range) => {
    const { bins, isCategorical } = readBins([
      { bin: '00', range: '≤ 1' },
      { bin: '01', range },
    ]);

    expect(isCategorical).toBe(true);
    expect(bins.map((bin) => bin.range)).toEqual(['≤ 1', range || '01']);
  });

  it('orders by text, then other, unseen, missing, invalid', () => {
    const ids = ['invalid', '100', 'missing', 'other', '099', 'unseen', '000'];

    expect(readBins(ids.map((bin) => ({ bin, range: bin }))).bins.map(({ id }) => id)).toEqual([
      '000',
      '099',
      '100',
      'other',
      'unseen',
      'missing',
      'invalid',
    ]);
  });

  it('keeps the range of a bin that a second series names without one', () => {
    expect(readBins([{ bin: '00', range: '> 9' }, { bin: '00', range: '' }]).bins).toHaveLength(1);
    expect(readBins([{ bin: '00', range: '> 9' }, { bin: '00', range: '' }]).bins[0]?.low).toBe(9);
  });

  it('reads any six digits that Python writes', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = pythonText(value);

        expect(only(`≤ ${text}`)?.high).toBeCloseTo(Number(text), 12);
      })
    );
  });

  it('keeps every id once, whatever the texts', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ bin: fc.string(), range: fc.string() })), (labels) => {
        const { bins } = readBins(labels);

        expect(new Set(bins.map(({ id }) => id))).toEqual(new Set(labels.map(({ bin }) => bin)));
        expect(bins).toHaveLength(new Set(labels.map(({ bin }) => bin)).size);
      })
    );
  });
});

describe('haveSameBins', () => {
  it('compares ids and ranges', () => {
    const one = readBins([{ bin: '00', range: '≤ 1' }, { bin: '01', range: '> 1' }]).bins;
    const other = readBins([{ bin: '00', range: '≤ 2' }, { bin: '01', range: '> 2' }]).bins;

    expect(haveSameBins(one, [...one])).toBe(true);
    expect(haveSameBins(one, other)).toBe(false);
    expect(haveSameBins(one, one.slice(1))).toBe(false);
  });
});

it('gives a shape to all but missing and invalid', () => {
  const { bins } = readBins(['00', 'other', 'unseen', 'missing', 'invalid'].map((bin) => ({ bin, range: bin })));

  expect(bins.filter(hasShape).map(({ id }) => id)).toEqual(['00', 'other', 'unseen']);
});

/** As `f"{value:.6g}"` writes it. */
function pythonText(value: number): string {
  const [digits, exponent] = value.toExponential(5).split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    const sign = power < 0 ? '-' : '+';
    return `${digits!.replace(/\.?0+$/, '')}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return value.toFixed(Math.max(5 - power, 0));
}
