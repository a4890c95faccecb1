import { asAmount, asCount, asDuration, asProfileAge, asRatio, asShare } from './numbers';

test.each([
  [asShare, 0.0123, '1.23%'],
  [asShare, 0, '0.00%'],
  [asDuration, 0.0821, '82.1 ms'],
  [asDuration, 0.19, '190 ms'],
  [asDuration, 1.9, '1.9 s'],
  [asAmount, 12345.6, '12,345.6'],
  [asCount, 3, '3'],
  [asRatio, 2.34, '2.3'],
])('numbers have the units of the dashboards', (write, value, text) => {
  expect(write(value)).toBe(text);
});

test('unknown is a dash, and 0 is 0', () => {
  expect(asRatio(null)).toBe('–');
  expect(asRatio(NaN)).toBe('–');
  expect(asRatio(0)).toBe('0.0');
});

test('a model without a profile says so', () => {
  expect(asProfileAge(-1)).toBe('no profile');
  expect(asProfileAge(null)).toBe('–');
  expect(asProfileAge(3600)).toBe('1.0 hour');
});
