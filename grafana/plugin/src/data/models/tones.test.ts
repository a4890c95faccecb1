import { anyLevels, budgetLevels, burnLevels, severityLevels, stateLevels } from '../../levels.gen';

import { toneOf } from './tones';

test('a severity is drift from 1 on', () => {
  expect([null, 0.49, 0.5, 1, 2].map((value) => toneOf(value, severityLevels))).toEqual(['calm', 'calm', 'watch', 'bad', 'worse']);
});

test('one of what should not be there is the worst', () => {
  expect([null, 0, 1].map((value) => toneOf(value, anyLevels))).toEqual(['calm', 'calm', 'worse']);
});

test('a budget burns from 1 on, and is the louder the less is left of it', () => {
  expect([null, 0.9, 1, 3, 14].map((value) => toneOf(value, burnLevels))).toEqual(['calm', 'calm', 'watch', 'bad', 'worse']);
  expect([null, 0.9, 0.3, 0, -2].map((value) => toneOf(value, budgetLevels))).toEqual(['calm', 'calm', 'watch', 'bad', 'worse']);
});

test('of states only those are loud that ask for somebody', () => {
  expect([-1000, 0, 2, 150, 10_000].map((value) => toneOf(value, stateLevels))).toEqual(['calm', 'calm', 'watch', 'bad', 'worse']);
});

test('a level without a colour of those is calm', () => {
  expect(toneOf(3, [])).toBe('calm');
});
