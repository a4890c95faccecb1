import { FieldType, toDataFrame } from '@grafana/data';
import fc from 'fast-check';
import { comparedSide, compareFrames, compareRows } from './comparisons';
import { countRows, DISTANCE, NUMBERS, referenceRows, rowsOf, type ExampleCounts } from './example_rows';
import type { RowsByRole } from './frames';

const times = (factor: number): ExampleCounts['bins'] =>
  NUMBERS.map(([bin, range, rows]) => [bin, range, rows * factor]);
const only = (rows: RowsByRole, options = {}) => {
  const found = compareRows(rows, options);

  expect(found).toHaveLength(1);

  return found[0]!;
};

describe('one subject', () => {
  it('joins reference and current rows by bin', () => {
    const current = countRows({ bins: times(0.25) });
    const found = only(rowsOf({ reference: referenceRows({ bins: NUMBERS }), current }));

    expect(found).toMatchObject({ subject: 'distance', title: 'distance', state: 'comparable', others: [] });
    expect(found.isCategorical).toBe(false);
    expect(found.reference).toMatchObject({ name: 'training', shapeTotal: 90, total: 100 });
    // Missing before invalid, whatever the order of the rows.
    expect(found.current).toMatchObject({ name: 'now', counts: [2.5, 5, 10, 5, 2, 0.5], shapeTotal: 22.5, total: 25 });
    expect(found.current?.bins).toBe(found.reference?.bins);
    expect(found.expected).toBeNull();
    expect(comparedSide(found)).toBe(found.reference);
  });

  it('is compared with what is expected where that is known', () => {
    const rows = { reference: referenceRows({ bins: NUMBERS }), current: countRows({ bins: NUMBERS }) };
    const known = only(rowsOf({ ...rows, expected: countRows({ bins: times(2) }) }));
    const empty = only(rowsOf({ ...rows, expected: countRows({ bins: times(0) }) }));

    expect(comparedSide(known)?.name).toBe('expected now');
    expect(comparedSide(empty)?.name).toBe('training');
  });

  it('counts a bin that has no series as no rows', () => {
    const current = countRows({ bins: NUMBERS.slice(0, 1) });
    const found = only(rowsOf({ reference: referenceRows({ bins: NUMBERS }), current }));

    expect(found.current?.counts).toEqual([10, 0, 0, 0, 0, 0]);
  });

  it('adds up pods that came one by one, and takes a reference once', () => {
    const found = only(
      rowsOf({
        reference: [...referenceRows({ bins: NUMBERS }), ...referenceRows({ bins: NUMBERS })],
        current: [...countRows({ bins: NUMBERS }), ...countRows({ bins: NUMBERS })],
      })
    );

    expect(found.reference?.total).toBe(100);
    expect(found.current?.total).toBe(200);
  });

  it.each([
    ['no-current', { reference: referenceRows({ bins: NUMBERS }) }],
    ['no-reference', { current: countRows({ bins: NUMBERS }) }],
    ['no-rows', { reference: referenceRows({ bins: NUMBERS }), current: countRows({ bins: times(0) }) }],
    ['no-reference', { reference: referenceRows({ bins: times(0) }), current: countRows({ bins: NUMBERS }) }],
    [
      'other-profile',
      {
        reference: referenceRows({ bins: NUMBERS, labels: { ...DISTANCE, profile: 'p0' } }),
        current: countRows({ bins: NUMBERS }),
      },
    ],
  ] as const)('says %s', (state, rows) => {
    expect(only(rowsOf(rows)).state).toBe(state);
  });

  it('is drawn with ids for names where nobody tells ranges', () => {
    const found = only(rowsOf({ current: countRows({ bins: NUMBERS }) }));

    expect(found.isCategorical).toBe(true);
    expect(found.current?.bins.map(({ range }) => range)).toEqual(['00', '01', '02', '03', 'missing', 'invalid']);
  });

  it('has the names that the panel gives', () => {
    const rows = rowsOf({ reference: referenceRows({ bins: NUMBERS }), current: countRows({ bins: NUMBERS }) });

    expect(only(rows, { names: { reference: 'baseline' } }).reference?.name).toBe('baseline');
  });
});

describe('several versions', () => {
  const version = (model_version: string, factor: number, more: Record<string, string> = {}) => {
    const labels = { ...DISTANCE, model_version, profile: `p${model_version}`, ...more };
    return { reference: referenceRows({ bins: NUMBERS, labels }), current: countRows({ bins: times(factor), labels }) };
  };
  const joined = (...all: Array<ReturnType<typeof version>>) =>
    rowsOf({ reference: all.flatMap(({ reference }) => reference), current: all.flatMap(({ current }) => current) });

  it('shows the one with most rows and names the others', () => {
    const found = only(joined(version('2', 3.11, { variant: 'canary' }), version('1', 10), version('3', 0.5)));

    expect(found.modelVersion).toBe('1');
    expect(found.others).toEqual(['2 canary: 311 rows', '3: 50 rows']);
  });

  it('tells profiles of one version apart', () => {
    const found = only(joined(version('1', 2, { profile: 'aaaaaaaaaa' }), version('1', 1, { profile: 'bbbbbbbbbb' })));

    expect(found.profile).toBe('aaaaaaaaaa');
    expect(found.others).toEqual(['1, profile bbbbbbbb: 100 rows']);
  });

  it('takes the later of versions without rows, digits by their value', () => {
    expect(only(joined(version('2024.9', 0), version('2024.10', 0))).modelVersion).toBe('2024.10');
  });

  it('shows each with the option', () => {
    const found = compareRows(joined(version('1', 1), version('2', 2)), { facet: 'version' });

    expect(found.map(({ title }) => title)).toEqual(['distance · 1', 'distance · 2']);
    expect(new Set(found.map(({ key }) => key)).size).toBe(2);
    expect(found.every(({ others }) => others.length === 0)).toBe(true);
  });

  it('keeps its key when another version takes over', () => {
    const before = only(joined(version('1', 2), version('2', 1)));
    const after = only(joined(version('1', 1), version('2', 2)));

    expect(after.modelVersion).not.toBe(before.modelVersion);
    expect(after.key).toBe(before.key);
  });
});

it('tells classes of an output and models apart', () => {
  const labels = { model_version: '1', variant: 'primary', profile: 'p1', output: 'score' };
  const of = (more: Record<string, string>) => countRows({ bins: NUMBERS, labels: { ...labels, ...more } });

  const classes = rowsOf({ current: [...of({ class: 'fraud' }), ...of({ class: '' })] });
  const models = rowsOf({ current: [...of({ model_name: 'a' }), ...of({ model_name: 'b' })] });

  expect(compareRows(classes).map(({ title }) => title)).toEqual(['score', 'score · fraud']);
  expect(compareRows(models).map(({ title }) => title)).toEqual(['a · score', 'b · score']);
});

it('gives each version its score', () => {
  const found = only(
    rowsOf({
      reference: referenceRows({ bins: NUMBERS }),
      severity: [
        { labels: { model_version: '1', variant: 'primary', feature: 'distance' }, value: 2.5 },
        { labels: { model_version: '2', variant: 'primary', feature: 'distance' }, value: 9 },
      ],
    })
  );

  expect(found.score.severity).toBe(2.5);
});

it('reads frames', () => {
  const frame = toDataFrame({
    refId: 'A',
    fields: [
      { name: 'feature', type: FieldType.string, values: ['a', 'b'] },
      { name: 'bin', type: FieldType.string, values: ['00', '00'] },
      { name: 'range', type: FieldType.string, values: ['any', 'any'] },
      { name: 'Value', type: FieldType.number, values: [1, 2] },
    ],
  });

  expect(compareFrames([frame]).map(({ title, state }) => [title, state])).toEqual([
    ['a', 'no-current'],
    ['b', 'no-current'],
  ]);
  expect(compareFrames([])).toEqual([]);
});

it('loses no row and invents none, whatever comes', () => {
  const rows = fc.array(
    fc.record({
      labels: fc.record({
        feature: fc.constantFrom('a', 'b'),
        profile: fc.constantFrom('p', 'q'),
        bin: fc.constantFrom('00', '01', 'missing', 'invalid', 'other'),
      }),
      value: fc.double({ min: 0, max: 1e9, noNaN: true }),
    })
  );
  fc.assert(
    fc.property(rows, rows, (reference, current) => {
      const found = compareRows(rowsOf({ reference, current }), { facet: 'version' });
      const total = found.reduce((sum, each) => sum + (each.current?.total ?? 0), 0);

      expect(total).toBeCloseTo(current.reduce((sum, { value }) => sum + value, 0), 0);
      expect(new Set(found.map(({ key }) => key)).size).toBe(found.length);
    })
  );
});
