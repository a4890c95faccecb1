import { instantTable } from './example_frames';
import { MODEL_NUMBERS, textOf } from './model_numbers';

function numberOf(query: string) {
  const found = MODEL_NUMBERS.find((each) => each.query === query);
  if (found === undefined) {
    throw new Error(`no number ${query}`);
  }
  return found;
}

test('a number that is not known says why, and 0 is 0', () => {
  expect(textOf(numberOf('worst'), null)).toBe('Not enough rows yet');
  expect(textOf(numberOf('drifted'), 0)).toBe('0');
});

test.each([
  [0.8, '80 % of error budget left', 'calm'],
  [0.1, '10 % of error budget left', 'bad'],
  [-0.3, 'error budget overspent', 'worse'],
])('of the error budget %p is left', (left, words, tone) => {
  const series = [instantTable('budgetLeft', [[{}, left]])];

  expect(numberOf('errors').note?.(series)).toBe(words);
  expect(numberOf('errors').tone(0, series)).toBe(tone);
});

test('without an objective there is no second line', () => {
  expect(numberOf('errors').note?.([])).toBe('');
  expect(numberOf('latency').note?.([])).toBe('');
});
