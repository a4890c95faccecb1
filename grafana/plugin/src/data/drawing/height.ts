/** How high bins are drawn: their heights in one measure, and the top of the plot. */
import type { Side } from '../comparison';
import type { Axis } from './axes';
import { sum } from '../distributions/sides';
import type { PlacedBin } from './placement';

/** `density`: share by unit of the axis (by decade on a logarithmic one), so that areas are shares. */
export type Measure = 'density' | 'share';

/** Where wide bins hold less of the rows than this on both sides, atoms are the story and set the top. */
const WIDE_BINS_MATTER = 0.02;

/** Free room above the highest bin. */
const HEADROOM = 1.05;

/**
 * Return the measure that says most: density on an axis of numbers, share for categories and equal bins.
 *
 * @param axis Null for categories.
 */
export function chooseMeasure(axis: Axis | null): Measure {
  return axis === null || axis.kind === 'equal' ? 'share' : 'density';
}

/**
 * Return the height of a share that has no width: of an atom, of missing or invalid values.
 *
 * It is as high as a bin of mean width with the same share, so that heights stay comparable.
 *
 * @param share 0 to 1.
 * @param binCount Bins of the reference on the axis, at least 1.
 */
export function heightOfShare(share: number, axis: Axis | null, binCount: number, measure: Measure): number {
  return measure === 'share' || axis === null ? share : (share * binCount) / (axis.end - axis.start);
}

/**
 * Return the height of each placed bin; empty where the side has no rows with a shape, as nothing is known then.
 *
 * @param binCount Bins of the reference on the axis: the same number for all sides of one plot.
 */
export function heightsOf(
  side: Side,
  placed: readonly PlacedBin[],
  axis: Axis,
  binCount: number,
  measure: Measure
): number[] {
  if (!(side.shapeTotal > 0)) {
    return [];
  }
  return placed.map((bin) => {
    const share = (side.counts[bin.index] ?? 0) / side.shapeTotal;
    const hasWidth = measure === 'density' && !bin.isAtom && bin.width > 0;
    return hasWidth ? share / bin.width : heightOfShare(share, axis, binCount, measure);
  });
}

/** Placed bins of one side and their heights, aligned. */
export interface PlacedHeights {
  readonly placed: readonly PlacedBin[];
  readonly heights: readonly number[];
  readonly side: Side;
}

/**
 * Return the height at the top of a plot of numbers; above 0 always. The bottom is 0.
 *
 * Atoms and bins narrower than 1/200 of the axis do not count, as they would flatten the rest: what is higher is
 * cut, with a mark and its number. Where the other bins hold less than 2 % of the rows, they count.
 */
export function topOfNumbers(sides: readonly PlacedHeights[]): number {
  const wideMatter = sides.some((side) => wideShare(side) >= WIDE_BINS_MATTER);
  const counted = sides.flatMap(({ placed, heights }) =>
    heights.filter((_, place) => !wideMatter || placed[place]?.isNarrow === false)
  );
  const top = greatest(counted);
  return top > 0 ? top * HEADROOM : 1;
}

/** Share of the rows in bins that are not narrow; 0 where there are no rows. */
function wideShare({ placed, side }: PlacedHeights): number {
  const wide = placed.filter((bin) => !bin.isNarrow);
  return side.shapeTotal > 0 ? sum(wide.map((bin) => side.counts[bin.index] ?? 0)) / side.shapeTotal : 0;
}

/**
 * Return the share at the top of a plot of categories, above 0 and at most 1. The bottom is 0.
 *
 * @param shares Of all bands of all sides.
 */
export function topOfShares(shares: readonly number[]): number {
  const top = greatest(shares);
  return top > 0 ? Math.min(top * HEADROOM, 1) : 1;
}

function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
