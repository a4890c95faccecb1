import type { Bin, Comparison } from '../comparison';
import { readBins } from './bins';
import { comparedSide, compareRows } from './comparisons';
import { contributionsOf } from './contributions';
import { countRows, referenceRows, rowsOf, type ExampleCounts } from './example_rows';
import { contributionWords, rangeWords, scoreLines, sentenceOf, spokenRange, stateWords } from './summary';

const TRAINING: ExampleCounts['bins'] = [
  ['00', '≤ 1200', 970],
  ['01', '1200 – 1600', 30],
  ['missing', 'missing', 0],
];
const NOW: ExampleCounts['bins'] = [
  ['00', '≤ 1200', 88],
  ['01', '1200 – 1600', 12],
  ['missing', 'missing', 0],
];
const [distance] = compareRows(
  rowsOf({ reference: referenceRows({ bins: TRAINING }), current: countRows({ bins: NOW }) })
);
const drifted: Comparison = {
  ...distance!,
  score: { ...distance!.score, severity: 6, effect: 0.6, threshold: 0.1, rows: 100 },
};
const contributions = contributionsOf(comparedSide(drifted)!, drifted.current!);

it('says what a multiple shows in one sentence', () => {
  expect(sentenceOf(drifted, contributions)).toBe(
    'distance: drift 6.0 times its threshold; largest change: 1200 to 1600: 12 % instead of 3 %'
  );
});

it('says why there is no score, what does not alert, and what is not shown', () => {
  const unknown = { ...drifted, score: { ...drifted.score, severity: null, absentReason: 'stale' } };

  expect(sentenceOf(unknown, [])).toBe('distance: no drift score, the newest report is too old');
  expect(sentenceOf({ ...drifted, score: { ...drifted.score, isExcluded: true } }, [])).toBe(
    'distance: drift 6.0 times its threshold, does not alert'
  );
  expect(sentenceOf({ ...drifted, others: ['2: 311 rows'] }, [])).toMatch(/; also 2: 311 rows$/);
});

it('says what is missing and nothing of changes then', () => {
  const empty: Comparison = { ...drifted, state: 'no-rows' };

  expect(sentenceOf(empty, contributions)).toBe('distance: drift 6.0 times its threshold; no rows in this window');
  expect(stateWords(drifted)).toBe('');
});

it('lists what is known of a score', () => {
  expect(scoreLines(drifted)).toEqual([
    'Drift 6.0 times its threshold',
    'Effect 0.6 standard deviations',
    'Threshold 0.1 standard deviations',
    '100 rows with a value',
  ]);
  expect(scoreLines(distance!)).toEqual([]);
});

it('says what a bin adds', () => {
  expect(contributionWords(contributions[1]!)).toMatch(
    /^12 % instead of 3 %, \+9 points, \d+ % of the difference$/
  );
  expect(contributionWords(contributions[2]!)).toBe('0 % instead of 0 %, 0 points');
});

it.each([
  ['00', '1200 – 1600', 'above 1200, up to 1600', '1200 to 1600'],
  ['00', '≤ 5', '5 or less, open below', '5 or less'],
  ['00', '> -1.5', 'more than -1.5, open above', 'more than -1.5'],
  ['00', '= 0', 'exactly 0', 'exactly 0'],
  ['00', 'any', 'any value', 'any value'],
  ['other', 'other', 'other known categories', 'other'],
  ['unseen', 'unseen', 'categories that the reference does not have', 'unseen'],
  ['missing', 'missing', 'missing values', 'missing'],
  ['invalid', 'invalid', 'values that cannot be read', 'invalid'],
  ['00', 'AA', 'AA', 'AA'],
  ['00', 'missing', '“missing”', '“missing”'],
])('says what %s %s holds', (bin, range, words, spoken) => {
  const made: Bin | undefined = readBins([{ bin, range }]).bins[0];

  expect(rangeWords(made!)).toBe(words);
  expect(spokenRange(made!)).toBe(spoken);
});
