import fc from 'fast-check';

import { ordered, searched } from './order';

const itself = { sortBy: (value: number | null) => value };

test('unknown is last in both directions', () => {
  expect(ordered([null, 2, null, 1], itself, 'ascending')).toEqual([1, 2, null, null]);
  expect(ordered([null, 2, null, 1], itself, 'descending')).toEqual([2, 1, null, null]);
});

test('numbers in texts are numbers', () => {
  const names = ['v10', 'v9', 'V1'];

  expect(ordered(names, { sortBy: (name) => name }, 'ascending')).toEqual(['V1', 'v9', 'v10']);
});

test('rows that are equal keep their order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.option(fc.integer({ min: 0, max: 3 })), fc.nat())), (pairs) => {
      const rows = pairs.map(([value], place) => ({ value, place }));
      const sorted = ordered(rows, { sortBy: (row) => row.value }, 'descending');

      for (const [place, row] of sorted.entries()) {
        const next = sorted[place + 1];
        if (next !== undefined && next.value === row.value) {
          expect(next.place).toBeGreaterThan(row.place);
        }
      }
    })
  );
});

test('infinities are compared, and nothing is lost', () => {
  expect(ordered([1, Infinity, -Infinity, Infinity], itself, 'descending')).toEqual([Infinity, Infinity, 1, -Infinity]);
});

test('a search wants every word, in whatever case', () => {
  const names = ['Flights 2013.2 canary', 'Flights 2013.1', 'Prices 2013.2'];

  expect(searched(names, ' flights  .2 ', String)).toEqual(['Flights 2013.2 canary']);
  expect(searched(names, '  ', String)).toBe(names);
  expect(searched(names, 'nothing', String)).toEqual([]);
});
