import { FieldType, toDataFrame, type DataFrame } from '@grafana/data';

import { betterPair, newestFirst } from './choice';
import { sideBySide, verdictOf, type MeasureRow } from './side_by_side';

function table(refId: string, rows: ReadonlyArray<readonly [string, string, number, Readonly<Record<string, string>>?]>): DataFrame {
  const labels = rows.map(([model_version, variant, , others]) => ({ model_version, variant, ...others }) as Record<string, string>);
  const names = [...new Set(labels.flatMap((each) => Object.keys(each)))];
  return toDataFrame({
    refId,
    fields: [
      ...names.map((name) => ({ name, type: FieldType.string, values: labels.map((each) => each[name] ?? '') })),
      { name: 'Value', type: FieldType.number, values: rows.map(([, , value]) => value) },
    ],
  });
}

function pair(id: string, a: number, b: number): MeasureRow {
  const both = sideBySide([table('rows', [['1', 'primary', 8], ['2', 'canary', 2]]), table(id, [['1', 'primary', a], ['2', 'canary', b]])], '1', '2');
  return both.rows.find((row) => row.id === id)!;
}

describe('side by side', () => {
  const both = sideBySide(
    [
      table('rows', [['1', 'shadow', 1], ['1', 'primary', 9], ['2', 'canary', 2]]),
      table('errors', [['1', 'primary', 0.001], ['1', 'shadow', 0.5], ['2', 'canary', 0.02]]),
      table('profile', [['1', 'primary', 1, { profile: 'one', profile_version: '1' }], ['2', 'canary', 1, { profile: 'one', profile_version: '1' }]]),
    ],
    '1',
    '2'
  );

  test('a version is shown in the variant with most rows, and its others are named', () => {
    expect(both.a).toEqual({ version: '1', variant: 'primary', otherVariants: ['shadow'], profileVersion: '1', profile: 'one' });
    expect(both.rows.find(({ id }) => id === 'errors')).toMatchObject({ a: 0.001, b: 0.02, difference: '1.90 points more', differenceTone: 'bad' });
  });

  test('what is not known of one is no difference', () => {
    expect(both.rows.find(({ id }) => id === 'latency')).toMatchObject({ a: null, b: null, textA: '–', difference: '–', differenceTone: 'calm' });
  });

  test('the verdict names what is worse, and is careful where nothing is known', () => {
    expect(verdictOf(both)).toBe('Version 2 is worse than version 1. Errors: 1.90 points more.');
    expect(verdictOf(sideBySide([], '1', '2'))).toBe('Nothing is known of 1 and 2 at the same time.');
    expect(verdictOf(sideBySide([table('rows', [['1', 'primary', 8], ['2', 'primary', 8]])], '1', '2'))).toContain('no worse');
  });

  test('the verdict says what is better as well: one is not worse as a whole that is better in something', () => {
    const rows = table('rows', [['1', 'primary', 8], ['2', 'canary', 2]]);
    const quality = table('quality', [['1', 'primary', 4.3], ['2', 'canary', 0.3]]);
    const worst = table('worst', [['1', 'primary', 5.1], ['2', 'canary', 10.9]]);

    expect(verdictOf(sideBySide([rows, quality, worst], '1', '2'))).toBe(
      'Version 2 is in part worse than version 1, in part better. Worse: worst drift: 5.8 higher. Better: quality loss: 4.0 less.'
    );
    expect(verdictOf(sideBySide([rows, quality], '1', '2'))).toBe('Version 2 is better than version 1. Quality loss: 4.0 less.');
  });

  test('without rows a version is found by its profile', () => {
    const silent = sideBySide([table('profile', [['2', 'canary', 1, { profile: 'two', profile_version: '2' }]])], '1', '2');
    expect(silent.b).toMatchObject({ variant: 'canary', profile: 'two' });
    expect(silent.a).toMatchObject({ variant: '', profile: null });
  });
});

test.each<[string, number, number, string, string]>([
  ['latency', 0.1, 0.14, '40% slower', 'watch'],
  ['latency', 0.1, 0.3, '3.0 times slower', 'worse'],
  ['latency', 0.1, 0.05, '50% faster', 'calm'],
  ['latency', 0.1, 0.102, 'no difference', 'calm'],
  ['latency', 0, 0.1, '–', 'calm'],
  ['errors', 0.02, 0.01, '1.00 points fewer', 'calm'],
  ['errors', 0.01, 0.01, 'no difference', 'calm'],
  ['worst', 0.2, 1.4, '1.2 higher', 'bad'],
  ['worst', 8.6, 17.2, '8.6 higher', 'worse'],
  ['worst', 2, 0.5, '1.5 lower', 'calm'],
  ['drifted', 0, 1, '1 more', 'watch'],
  ['share', 0.8, 0.2, '0.3 times as many rows', 'calm'],
  ['share', 0.99, 0.01, 'under 0.05 times as many rows', 'calm'],
  ['pods', 2, 9, '7 more', 'calm'],
])('%s %d beside %d: %s', (id, a, b, difference, differenceTone) => {
  expect(pair(id, a, b)).toMatchObject({ difference, differenceTone });
});

describe('choice', () => {
  const ages = (known: Record<string, number>) => (version: string) => known[version];

  test('the newest is B and the one before it is A', () => {
    expect(betterPair(['1', '2', '3'], { a: '1', b: '1' }, ages({ 1: 90000, 2: 5000, 3: 60 }))).toEqual({ a: '2', b: '3' });
  });

  test('versions of one rollout are told apart by their names', () => {
    expect(newestFirst(['2013.1', '2013.3', '2013.20'], ages({ '2013.1': 26000, '2013.3': 26010, '2013.20': 26005 }))).toEqual(['2013.20', '2013.3', '2013.1']);
  });

  test('a choice is kept', () => {
    expect(betterPair(['1', '2', '3'], { a: '1', b: '2' }, ages({}))).toBeNull();
    expect(betterPair(['1', '2', '3'], { a: '2', b: '2' }, ages({ 1: 900, 2: 9000, 3: 90000 }))).toEqual({ a: '1', b: '2' });
  });

  test('one version has none beside it', () => {
    expect(betterPair(['1'], { a: '1', b: '1' }, ages({}))).toBeNull();
    expect(betterPair([], { a: '', b: '' }, ages({}))).toBeNull();
  });
});
