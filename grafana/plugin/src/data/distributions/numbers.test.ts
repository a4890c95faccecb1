import fc from 'fast-check';
import { exponentText, numberedRows, numberText, pointsText, rowsText, shareText } from './numbers';

it.each([
  [0, '0 %'],
  [0.00001, '< 0.01 %'],
  [0.0002, '0.02 %'],
  [0.034, '3.4 %'],
  [0.03, '3 %'],
  [0.124, '12 %'],
  [0.995, '99.5 %'],
  [0.9999, '> 99.9 %'],
  [1, '100 %'],
  [NaN, '–'],
])('says the share %p as %s', (share, text) => {
  expect(shareText(share)).toBe(text);
});

it.each([
  [0, '0 points'],
  [0.09, '+9 points'],
  [-0.004, '−0.4 points'],
  [0.01, '+1 point'],
  [-0.25, '−25 points'],
  [0.00001, '0 points'],
  [NaN, '–'],
])('says the difference %p as %s', (difference, text) => {
  expect(pointsText(difference)).toBe(text);
});

it.each([
  [0, '0'],
  [0.2, '< 1'],
  [311.4, '311'],
  [12_300, '12,300'],
  [999_999, '999,999'],
  [1_200_000, '1.2M'],
  [999_999.6, '1M'],
  [1e18, '1e18'],
])('says %p rows as %s', (rows, text) => {
  expect(rowsText(rows)).toBe(text);
});

it('knows one row from several', () => {
  expect([0, 1, 2].map(numberedRows)).toEqual(['0 rows', '1 row', '2 rows']);
});

it.each([
  [0, '0'],
  [2.3, '2.3'],
  [0.0412, '0.0412'],
  [1200, '1200'],
  [-12.34, '-12.3'],
  [1.25e6, '1.25M'],
  [3e9, '3G'],
  [999.6e6, '1G'],
  [-999_700, '-1M'],
  [999_400, '999400'],
  [1e-7, '1e-7'],
  [2e20, '2e20'],
  [Infinity, '–'],
])('says the number %p as %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});

it('says exponents without a plus', () => {
  expect(exponentText(1.5e-7, 1)).toBe('1.5e-7');
  expect(exponentText(2e12, 3)).toBe('2e12');
});

it('never reads as all or nothing what is not', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (share) => {
      expect(['0 %', '100 %']).not.toContain(shareText(share));
    })
  );
});
