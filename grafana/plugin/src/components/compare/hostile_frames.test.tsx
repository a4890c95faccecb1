import { FieldType, toDataFrame } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import fc from 'fast-check';

import { compareFrames } from '../../data/distributions/comparisons';
import { bins, expectNumbersOnly, framesOf, NAMED, NUMBERS, table, told, USUAL, view, type Sample } from './example_view';
import { drawPlot } from './plot/draw_plot';
import { knownSides } from './plot/sides';

/** Each draws a view. */
const RUNS = 100;

describe('frames of every kind', () => {
  const value = fc.oneof(
    fc.constantFrom<unknown>(null, NaN, Infinity, -Infinity, -5, 0, 1e18, '12', 'x', '', true, 1e-9, 4.5, undefined),
    fc.nat(1000)
  );
  const range = fc.oneof(
    fc.constantFrom('≤ -0', '1e+300 – 1e+308', '1e+30 – 1e+38', '> 1e+38', '≤ -1e+38', '5 – 5', '7 – 5', 'any', '= 0', '≤ 3', '3 – 4', '> 4', '> 1e999', ...NAMED),
    fc.string({ maxLength: 5 })
  );
  const feature = fc.oneof(fc.constantFrom('__proto__', 'constructor', '', 'a'.repeat(2000), '<b>x</b>', 'שלום\u202e', '\ud800'), fc.string());
  const subject = fc
    .array(fc.tuple(range, value, value), { maxLength: 12 })
    .chain((rows) =>
      fc.record({
        feature,
        ranges: fc.constant(rows.map(([text]) => text)),
        reference: fc.constant(rows.map(([, reference]) => reference)),
        current: fc.constant(rows.map(([, , current]) => current)),
      })
    );
  const options = fc.record({
    axis: fc.constantFrom('auto', 'linear', 'log', 'symlog', 'equal'),
    measure: fc.constantFrom('auto', 'density', 'share'),
    facet: fc.constantFrom('none', 'version'),
  } as const);

  it('are drawn or left out', () => {
    fc.assert(
      fc.property(fc.array(subject, { maxLength: 3 }), options, fc.constantFrom(0, 1, 300, 1200), (subjects, chosen, size) => {
        const { unmount } = render(view(framesOf(...subjects), { options: chosen, width: size, height: size }));
        expectNumbersOnly();
        unmount();
      }),
      { numRuns: RUNS }
    );
  });

  it('with any edges that float32 has are drawn on any axis', () => {
    const edge = fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(3.4e38, -3.4e38, 1e-36, -1e-36, 0, 1, 1.00001));
    const edges = fc.array(edge, { minLength: 1, maxLength: 12 }).map((all) => [...new Set(all.map((value) => Number(value.toPrecision(6)) + 0))].sort((one, other) => one - other));
    fc.assert(
      fc.property(edges, fc.array(fc.nat(50), { minLength: 14, maxLength: 14 }), options, fc.constantFrom(300, 1200), (all, counts, chosen, size) => {
        const inner = all.slice(1).map((high, index) => `${all[index] ?? 0} – ${high}`);
        const ranges = [`≤ ${all[0] ?? 0}`, ...inner, `> ${all.at(-1) ?? 0}`];
        const frames = framesOf({ feature: 'a', ranges, reference: ranges.map((_, index) => index), current: counts.slice(0, ranges.length) });
        const { unmount } = render(view(frames, { options: chosen, width: size, height: size }));
        expect(compareFrames(frames)[0]?.isCategorical).toBe(false);
        expectNumbersOnly();
        unmount();
      }),
      { numRuns: RUNS }
    );
  });

  it('may have no fields, no labels, or be there twice', () => {
    const frames = framesOf({ feature: 'a', ranges: NUMBERS, reference: USUAL, current: USUAL });
    const nothing = toDataFrame({ refId: 'current', fields: [] });
    const withoutLabels = toDataFrame({ refId: 'severity', fields: [{ name: 'Value', type: FieldType.number, values: [9] }] });

    render(view([nothing, ...frames, withoutLabels, ...frames]));

    expect(screen.getByText('66 rows')).toBeInTheDocument();
    expect(screen.getByText('no score')).toBeInTheDocument();
  });
});

describe('names', () => {
  it.each(['__proto__', 'constructor', 'toString', '<img src=x>', 'a,"b"\\c', 'שלום\u202e', 'a'.repeat(2000), '\ud800'])('may be %p', (feature) => {
    render(view(framesOf({ feature, ranges: NUMBERS, reference: USUAL, current: USUAL }, { feature: 'b', ranges: NUMBERS, reference: USUAL })));

    expect(screen.getAllByRole('group')).toHaveLength(2);
    expect(document.querySelector('img')).toBeNull();
  });

  it('of categories may be those of bins, and are told apart from them', () => {
    const ranges = ['missing', 'any', '≤ 5', 'other', 'unseen', 'missing', 'invalid'];
    render(view(framesOf({ feature: 'a', ranges, reference: [50, 20, 10, 10, 0, 10, 0], current: [20, 20, 10, 10, 0, 40, 0] })));

    expect(told('a').filter((text) => text?.includes('missing'))).toEqual([
      expect.stringMatching(/^“missing”: 33 % instead of 56 %/),
      expect.stringMatching(/^missing: 40 % instead of 10 %/),
    ]);
  });

  it('of 2,000 characters are drawn at once', () => {
    const ranges = [...Array.from({ length: 120 }, (_, index) => `${index}${'m'.repeat(2000)}`), 'other', 'unseen'];
    const begun = performance.now();
    render(view(framesOf({ feature: 'a', ranges, reference: ranges.map(() => 1), current: ranges.map((_, index) => index) })));

    // With a time that grows with the square of the length it took seven seconds.
    expect(performance.now() - begun).toBeLessThan(3000);
  });
});

describe('bins', () => {
  it.each([
    ['that overlap', ['≤ 5', '3 – 7', '> 7']],
    ['in no order', ['> 7', '3 – 7', '≤ 3']],
    ['with two open ends', ['≤ 5', '≤ 6', '> 6']],
    ['beside the one that holds everything', ['any', '3 – 7', '> 7']],
    ['of numbers that no float32 holds', ['≤ 1e+300', '1e+300 – 1e+308', '> 1e+308']],
    ['of numbers that are none', ['≤ 1', '1 – 1e999', '> 1e999']],
  ])('%s stand side by side, as names do', (_, ranges) => {
    const comparisons = compareFrames(framesOf({ feature: 'a', ranges, reference: [1, 2, 3], current: [3, 2, 1] }));

    expect(comparisons[0]?.isCategorical).toBe(true);
    render(view(framesOf({ feature: 'a', ranges, reference: [1, 2, 3], current: [3, 2, 1] })));
    expect(bins('a')).toHaveLength(3);
    expectNumbersOnly();
  });

  it('whose hidden names have the same number in two versions are two', () => {
    const errors = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const of = (role: string, profile: string, ranges: readonly string[]) =>
      ranges.map((range, index): Sample => {
        const bin = NAMED.includes(range) ? range : `0${index}`;
        const labels = { model_version: role, variant: '', profile, feature: 'a', bin };
        return [labels, 10];
      });
    const counts = (letter: string, ranges: readonly string[]) => [
      table(`current_${letter}`, of(letter, letter, ranges)),
      table(`reference_${letter}`, of(letter, letter, ranges).map(([labels], index) => [{ ...labels, range: ranges[index] ?? '' }, 1])),
    ];

    render(view([...counts('a', ['category 00', 'other', 'unseen']), ...counts('b', ['category 00', 'category 01', 'other', 'unseen'])]));

    expect(bins('a')).toHaveLength(5);
    expect(errors).not.toHaveBeenCalled();
  });

  it('of a side that has a count which is no number have no shares', () => {
    render(view(framesOf({ feature: 'a', ranges: NUMBERS, reference: USUAL, current: [10, Infinity, 30, 5, 1] })));

    expect(told('a').join()).not.toMatch(/current|instead/);
    expect(screen.getByText(/no counts in this window/)).toBeInTheDocument();
  });

  it('of 1e18 rows are drawn', () => {
    render(view(framesOf({ feature: 'a', ranges: NUMBERS, reference: USUAL, current: [1e18, 1e18, 0, 0, 0] })));

    expect(told('a')[1]).toMatch(/50 % instead of 31 %/);
    expectNumbersOnly();
  });
});

describe('much of it', () => {
  it('5,000 subjects are read and drawn at once', () => {
    const frames = framesOf(...Array.from({ length: 5000 }, (_, index) => ({ feature: `f${index}`, ranges: NUMBERS, reference: USUAL, current: USUAL })));
    const begun = performance.now();
    compareFrames(frames);
    const read = performance.now() - begun;
    render(view(frames));

    // On a busy machine; alone it takes a tenth of a second.
    expect(read).toBeLessThan(1500);
    expect(screen.getAllByRole('group').length).toBeLessThan(30);
  });

  it.each(['auto', 'equal', 'symlog'] as const)('500 bins are drawn at once (%s)', (axis) => {
    const ranges = ['≤ 0', ...Array.from({ length: 498 }, (_, index) => `${index} – ${index + 1}`), '> 498'];
    const frames = framesOf({ feature: 'a', ranges, reference: ranges.map(() => 3), current: ranges.map((_, index) => index) });
    const [comparison] = compareFrames(frames);
    const begun = performance.now();
    drawPlot(comparison!, knownSides(comparison!), { width: 900, height: 400, hasGrid: true }, { axis, measure: 'auto' });

    // Alone it takes 15 milliseconds.
    expect(performance.now() - begun).toBeLessThan(500);
    render(view(frames, { options: { axis } }));
    expect(bins('a')).toHaveLength(500);
  });
});
