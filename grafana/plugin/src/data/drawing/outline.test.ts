import { axisOf } from './axes';
import { binsBetween, binsOf } from './example_bins';
import { outlineOf, yOf } from './outline';
import { placeNumbers } from './placement';

const AREA = { left: 0, width: 300, top: 20, height: 100 };
const place = (bins: ReturnType<typeof binsOf>) => placeNumbers(bins, axisOf([bins])!, AREA);
const NUMBERS = place(binsBetween([0, 10, 20]));
const WITH_ATOM = place(binsOf('≤ 0', '= 0', '0 – 100', '> 100'));
const CLOSED = place(binsOf('0 – 10', '10 – 30'));

it('puts 0 at the bottom and the top at the top, and cuts what is higher', () => {
  expect([0, 1, 2, 5].map((height) => yOf(height, 2, AREA))).toEqual([120, 70, 20, 20]);
});

it('draws steps that stay open where bins are', () => {
  expect(outlineOf(NUMBERS, [1, 2, 0, 4], 4, AREA)).toBe('M0,95V95H50V70H150V120H250V20H300');
});

it('begins and ends on the bottom where bins are closed', () => {
  expect(outlineOf(CLOSED, [1, 2], 4, AREA)).toBe('M0,120V95H100V70H300V120');
});

it('leaves atoms out of the outline', () => {
  expect(outlineOf(WITH_ATOM, [1, 9, 2, 1], 4, AREA)).toBe('M0,95V95H50V70H250V95H300');
});

it('draws nothing where heights are unknown', () => {
  expect(outlineOf(NUMBERS, [], 4, AREA)).toBe('');
});
