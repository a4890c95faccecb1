import type { Bin, Side } from '../comparison';
import { sideOf } from '../distributions/sides';
import { axisOf } from './axes';
import { binsBetween, binsOf } from './example_bins';
import { chooseMeasure, heightOfShare, heightsOf, topOfNumbers, topOfShares } from './height';
import { placeNumbers } from './placement';

const STRETCH = { left: 0, width: 100 };

function drawn(bins: readonly Bin[], counts: readonly number[]) {
  const axis = axisOf([bins])!;
  const side: Side = sideOf('now', bins, new Map(bins.map(({ id }, index) => [id, counts[index] ?? 0])));
  const placed = placeNumbers(bins, axis, STRETCH);
  return { axis, side, placed, heights: heightsOf(side, placed, axis, placed.length, 'density') };
}

it('draws density, so that areas are shares', () => {
  const { heights, placed } = drawn(binsBetween([0, 10, 20, 40]), [10, 20, 30, 20, 20]);

  expect(heights[1]).toBeCloseTo(0.2 / 10, 12);
  expect(heights.reduce((area, height, index) => area + height * placed[index]!.width, 0)).toBeCloseTo(1, 12);
});

it('draws density by decade on a logarithmic axis', () => {
  expect(drawn(binsBetween([0.01, 0.1, 1, 100]), [0, 50, 25, 25, 0]).heights.slice(1, 4)).toEqual([0.5, 0.25, 0.125]);
});

it('draws an atom as high as a bin of mean width with its share', () => {
  const { heights, axis } = drawn(binsOf('≤ 0', '= 0', '0 – 100', '> 100'), [0, 50, 50, 0]);

  expect(heights[1]).toBeCloseTo(heightOfShare(0.5, axis, 4, 'density'), 12);
  expect(heights[1]).toBeCloseTo((0.5 * 4) / 150, 12);
});

it('draws shares where they are asked for', () => {
  const { placed, axis, side } = drawn(binsBetween([0, 10, 20]), [1, 1, 1, 1]);

  expect(heightsOf(side, placed, axis, 4, 'share')).toEqual([0.25, 0.25, 0.25, 0.25]);
});

it('knows no height where there are no rows with a shape', () => {
  expect(drawn(binsOf('≤ 0', '> 0', 'missing'), [0, 0, 7]).heights).toEqual([]);
});

describe('topOfNumbers', () => {
  it('is a little above the highest wide bin, of any side', () => {
    const [low, high] = [drawn(binsBetween([0, 10, 20]), [1, 1, 1, 1]), drawn(binsBetween([0, 10, 20]), [0, 4, 0, 0])];

    expect(topOfNumbers([low, high])).toBeCloseTo(high.heights[1]! * 1.05, 12);
  });

  it('is not raised by an atom or a narrow bin, however high', () => {
    const atom = drawn(binsOf('≤ 0', '= 0', '0 – 100', '> 100'), [0, 90, 10, 0]);
    const narrow = drawn(binsBetween([0, 0.1, 100]), [10, 80, 10, 0]);

    expect(topOfNumbers([atom])).toBeCloseTo((0.1 / 100) * 1.05, 12);
    expect(topOfNumbers([narrow])).toBeLessThan(narrow.heights[1]!);
  });

  it('is raised by atoms where nearly all rows are in them', () => {
    const atoms = drawn(binsOf('≤ 1', '= 1', '1 – 2', '= 2', '> 2'), [0, 60, 1, 39, 0]);

    expect(topOfNumbers([atoms])).toBeCloseTo(atoms.heights[1]! * 1.05, 12);
  });

  it('is 1 where nothing is drawn', () => {
    expect(topOfNumbers([])).toBe(1);
    expect(topOfNumbers([drawn(binsOf('≤ 0', '> 0'), [0, 0])])).toBe(1);
  });
});

it('ends shares at 100 %', () => {
  expect(topOfShares([0.2, 0.4])).toBeCloseTo(0.42, 12);
  expect(topOfShares([0.99])).toBe(1);
  expect(topOfShares([])).toBe(1);
});

it('takes density for numbers, share for categories and equal bins', () => {
  const bins = binsBetween([0, 1]);

  expect(chooseMeasure(axisOf([bins]))).toBe('density');
  expect(chooseMeasure(axisOf([bins], 'equal'))).toBe('share');
  expect(chooseMeasure(null)).toBe('share');
});
