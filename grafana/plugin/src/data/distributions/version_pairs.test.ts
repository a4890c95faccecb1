import { compareRows } from './comparisons';
import { contributionsOf } from './contributions';
import { countRows, DISTANCE, NUMBERS, referenceRows, rowsOf, type ExampleCounts } from './example_rows';

const WIDER: ExampleCounts['bins'] = [
  ['00', '≤ 50', 5],
  ['01', '> 50', 15],
  ['missing', 'missing', 5],
  ['invalid', 'invalid', 0],
];
const version = (name: 'a' | 'b', bins: ExampleCounts['bins']) => {
  const labels = { ...DISTANCE, model_version: `2013.${name}`, profile: name };
  return {
    [`reference_${name}`]: referenceRows({ bins, labels }),
    [`current_${name}`]: countRows({ bins, labels }),
  };
};

it('holds rows of one version against rows of another, each in its own bins', () => {
  const [found] = compareRows(rowsOf({ ...version('a', NUMBERS), ...version('b', WIDER) }));

  expect(found).toMatchObject({ title: 'distance', state: 'comparable', modelVersion: '2013.b', isCategorical: false });
  expect(found?.reference).toMatchObject({ name: 'version 2013.a', total: 100 });
  expect(found?.current).toMatchObject({ name: 'version 2013.b', total: 25, counts: [5, 15, 5, 0] });
  expect(contributionsOf(found!.reference!, found!.current!).map(({ bin }) => bin.id)).toEqual(['missing', 'invalid']);
  expect(found?.score.psi).toBeNull();
});

it('scores the difference of the versions, and not how far one has drifted from its training', () => {
  const changed: ExampleCounts['bins'] = NUMBERS.map(([bin, range, rows], index) => [bin, range, rows * (index + 1)]);
  const [found] = compareRows(
    rowsOf({
      ...version('a', NUMBERS),
      ...version('b', changed),
      severity: [{ labels: { model_version: '2013.b', variant: 'primary', feature: 'distance' }, value: 7 }],
    })
  );

  expect(found?.score.severity).toBeNull();
  expect(found?.score.psi).toBeGreaterThan(0);
});

it.each([
  ['a', 'no-current'],
  ['b', 'no-reference'],
] as const)('says what is missing where only version %s has rows', (name, state) => {
  expect(compareRows(rowsOf(version(name, NUMBERS)))[0]?.state).toBe(state);
});
