/** Ends of bins, and how wide an open bin is drawn. */
import type { Bin } from '../comparison';

/** An open bin is drawn at least and at most this wide, as a share of all closed bins together. */
const NARROWEST_OPEN = 0.03;
const WIDEST_OPEN = 0.25;

/** Where the first and the last bin of a list end on an axis, in its units. */
export interface OpenWidths {
  readonly start: number;
  readonly end: number;
}

/** Return the ends of bins, ascending and each once. */
export function innerEdges(bins: readonly Bin[]): number[] {
  const ends = bins.flatMap((bin) => [bin.low, bin.high]).filter((end): end is number => end !== null);
  return [...new Set(ends)].sort((a, b) => a - b);
}

/** True for a bin that lies on an axis of numbers. */
export function hasEnds(bin: Bin): boolean {
  return bin.low !== null || bin.high !== null;
}

/**
 * Return where the first and the last bin end when an open one is drawn as wide as its neighbour.
 *
 * The width of the neighbour is kept between 3 % and 25 % of all closed bins together, so that an open bin can
 * be seen and does not push the others aside.
 *
 * @param bins In their order; only those with an end count.
 * @param place From numbers to units of the axis.
 */
export function openWidths(bins: readonly Bin[], place: (value: number) => number): OpenWidths {
  const numbers = bins.filter(hasEnds);
  const [firstBin, lastBin] = [numbers[0], numbers[numbers.length - 1]];
  // Bins are in order, so their ends are too.
  const [firstEnd, lastEnd] = [firstBin?.low ?? firstBin?.high, lastBin?.high ?? lastBin?.low];
  if (typeof firstEnd !== 'number' || typeof lastEnd !== 'number') {
    return { start: 0, end: 0 };
  }
  const [first, last] = [place(firstEnd), place(lastEnd)];
  const widthOf = (neighbour: Bin | undefined) => openWidth(neighbour && closedWidth(neighbour, place), first, last);
  const isClosed = ({ low, high }: Bin) => low !== null && high !== null && high > low;
  return {
    start: firstBin?.low === null ? first - widthOf(numbers.find(isClosed)) : first,
    end: lastBin?.high === null ? last + widthOf(numbers.findLast(isClosed)) : last,
  };
}

function closedWidth({ low, high }: Bin, place: (value: number) => number): number {
  return low === null || high === null ? 0 : place(high) - place(low);
}

function openWidth(neighbour: number | undefined, first: number, last: number): number {
  const length = last - first;
  if (length <= 0) {
    // One edge only: half of its size tells its scale as well as anything.
    return Math.abs(first) / 2 || 0.5;
  }
  const wanted = neighbour ?? WIDEST_OPEN * length;
  return Math.min(Math.max(wanted, NARROWEST_OPEN * length), WIDEST_OPEN * length);
}
