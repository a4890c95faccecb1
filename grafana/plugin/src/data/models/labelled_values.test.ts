import { FieldType, toDataFrame } from '@grafana/data';

import { courses, keyOf, labelledValues, single } from './labelled_values';

const table = toDataFrame({
  refId: 'worst',
  fields: [
    { name: 'Time', type: FieldType.time, values: [1, 1, 1] },
    { name: 'model_name', type: FieldType.string, values: ['a', 'b', 'c'] },
    { name: 'Value #worst', type: FieldType.number, values: [2.5, NaN, Infinity] },
  ],
});
const line = toDataFrame({
  refId: 'trend',
  fields: [
    { name: 'Time', type: FieldType.time, values: [1, 2, 3] },
    { name: 'Value', type: FieldType.number, values: [1, 4, null], labels: { model_name: 'a' } },
  ],
});

test('a table has a value a row, and NaN is not there', () => {
  expect(labelledValues([table, line], 'worst')).toEqual([
    { labels: { model_name: 'a' }, value: 2.5 },
    { labels: { model_name: 'c' }, value: Infinity },
  ]);
});

test('of a series the last known value is taken', () => {
  expect(labelledValues([table, line], 'trend')).toEqual([{ labels: { model_name: 'a' }, value: 4 }]);
});

test('a course keeps its gaps, and one without any value is left out', () => {
  const silent = toDataFrame({
    refId: 'trend',
    fields: [
      { name: 'Time', type: FieldType.time, values: [1, 2] },
      { name: 'Value', type: FieldType.number, values: [NaN, null], labels: { model_name: 'b' } },
    ],
  });

  expect(courses([line, silent], 'trend')).toEqual([
    { labels: { model_name: 'a' }, times: [1, 2, 3], values: [1, 4, null] },
  ]);
});

test('an answer without series is not known', () => {
  const empty = toDataFrame({ refId: 'rows', fields: [] });

  expect(labelledValues([empty], 'rows')).toEqual([]);
  expect(single([empty], 'rows')).toBeNull();
});

test('a number without labels is read', () => {
  const number = toDataFrame({
    refId: 'rows',
    fields: [
      { name: 'Time', type: FieldType.time, values: [1] },
      { name: 'Value', type: FieldType.number, values: [42] },
    ],
  });

  expect(single([number], 'rows')).toBe(42);
});

test('keys tell texts apart that would run together', () => {
  const names = ['a', 'b'];

  expect(keyOf({ a: 'x,', b: 'y' }, names)).not.toBe(keyOf({ a: 'x', b: ',y' }, names));
  expect(keyOf({ a: 'x', c: '1' }, names)).toBe(keyOf({ a: 'x', c: '2' }, names));
});
