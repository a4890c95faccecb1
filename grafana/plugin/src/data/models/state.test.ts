import { stateOf, wordOf } from './state';

test.each([
  [10_000, 'page'],
  [20_350.5, 'page'],
  [9_999, 'ticket'],
  [100, 'ticket'],
  [99, 'drift'],
  [1.000001, 'drift'],
  [1, 'no-alert'],
  [0, 'no-alert'],
  [-1000, 'rules-missing'],
  [-998, 'rules-missing'],
  [null, 'unknown'],
] as const)('%p is %s', (value, state) => {
  expect(stateOf(value)).toBe(state);
});

test('a state has the word of its level', () => {
  expect([wordOf('page'), wordOf('no-alert'), wordOf('unknown')]).toEqual(['▲ page', 'no alert', '–']);
});
