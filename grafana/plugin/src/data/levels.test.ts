import { levelOf } from './levels';

test('a level begins at its value', () => {
  const levels = [{ from: null }, { from: 0.5 }, { from: 1 }];

  expect(levelOf(0.4999, levels)).toBe(levels[0]);
  expect(levelOf(0.5, levels)).toBe(levels[1]);
  expect(levelOf(Infinity, levels)).toBe(levels[2]);
});

test('what is not known is on no level', () => {
  expect(levelOf(null, [{ from: null }])).toBeNull();
  expect(levelOf(NaN, [{ from: null }])).toBeNull();
});
