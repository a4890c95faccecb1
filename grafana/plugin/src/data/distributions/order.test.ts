import type { Comparison, Score } from '../comparison';
import { compareRows } from './comparisons';
import { countRows, DISTANCE, NUMBERS, rowsOf } from './example_rows';
import { inOrder, matching } from './order';

const named = (title: string, score: Partial<Score> = {}): Comparison => {
  const labels = { ...DISTANCE, feature: title };
  const [made] = compareRows(rowsOf({ current: countRows({ bins: NUMBERS, labels }) }));
  return { ...made!, score: { ...made!.score, ...score } };
};
const titles = (comparisons: readonly Comparison[]) => comparisons.map(({ title }) => title);

const SOME = [
  named('unknown, little', { psi: 0.1 }),
  named('calm', { severity: 0.2, importance: 5 }),
  named('excluded', { severity: 9, isExcluded: true }),
  named('unknown'),
  named('worst', { severity: 3, importance: 1 }),
  named('unknown, much', { psi: 0.4 }),
  named('bad', { severity: 2 }),
];

it('puts the most drift first, then what does not alert, then what nobody knows by its PSI', () => {
  expect(titles(inOrder(SOME, 'severity'))).toEqual([
    'worst',
    'bad',
    'calm',
    'excluded',
    'unknown, much',
    'unknown, little',
    'unknown',
  ]);
});

it('puts the most important first, and unknown last by name', () => {
  expect(titles(inOrder(SOME, 'importance')).slice(0, 3)).toEqual(['calm', 'worst', 'bad']);
});

it('orders names with digits by their value', () => {
  expect(titles(inOrder([named('v10'), named('V9'), named('v2')], 'name'))).toEqual(['v2', 'V9', 'v10']);
});

it('leaves what it is given as it was', () => {
  const before = titles(SOME);
  inOrder(SOME, 'severity');

  expect(titles(SOME)).toEqual(before);
});

it('finds titles that hold every word', () => {
  expect(titles(matching(SOME, ' MUCH  unk'))).toEqual(['unknown, much']);
  expect(matching(SOME, '  ')).toHaveLength(SOME.length);
  expect(matching(SOME, 'nothing like it')).toEqual([]);
});
