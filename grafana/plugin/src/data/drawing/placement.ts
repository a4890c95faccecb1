/** Where bins of numbers lie across a plot, in pixels. */
import type { Bin } from '../comparison';
import type { Axis } from './axes';
import { hasEnds, openWidths } from './edges';

/** A stretch of the plot from left to right, in pixels. */
export interface Stretch {
  readonly left: number;
  readonly width: number;
}

/** A bin of numbers and its place. */
export interface PlacedBin {
  readonly bin: Bin;
  /** Its place in the list of bins, and so in the counts of a side. */
  readonly index: number;
  /** Pixels; an atom is a few pixels wide whatever the axis. */
  readonly left: number;
  readonly right: number;
  /** In units of the axis; 0 for an atom, which is drawn by share and never by density. */
  readonly width: number;
  /** One value: a narrow bar. False on an axis of equal bins, where it has a slot like all. */
  readonly isAtom: boolean;
  /** Narrower than 1/200 of the axis: it may be cut, as its density says little. */
  readonly isNarrow: boolean;
  /** The side on which it is open, and drawn as fading. */
  readonly open: 'left' | 'right' | null;
}

/** Width of an atom, in pixels. */
export const ATOM_WIDTH = 4;

/** A bin narrower than this share of the axis may be cut. */
const NARROW = 1 / 200;

/**
 * Place the bins of numbers of one side on an axis.
 *
 * Bins without an end (`any`, categories, missing, invalid) are left out. Their order is kept.
 */
export function placeNumbers(bins: readonly Bin[], axis: Axis, stretch: Stretch): PlacedBin[] {
  const scale = stretch.width / (axis.end - axis.start);
  const toPixels = (place: number) => stretch.left + (place - axis.start) * scale;
  const numbers = bins.flatMap((bin, index) => (hasEnds(bin) ? [{ bin, index }] : []));
  const open = openWidths(bins, axis.place);
  return numbers.map(({ bin, index }, slot) => {
    const isEqual = axis.kind === 'equal';
    const low = isEqual ? slot : bin.low === null ? open.start : axis.place(bin.low);
    const high = isEqual ? slot + 1 : bin.high === null ? open.end : axis.place(bin.high);
    const isAtom = !isEqual && bin.kind === 'atom';
    const middle = toPixels((low + high) / 2);
    return {
      bin,
      index,
      left: isAtom ? middle - ATOM_WIDTH / 2 : toPixels(low),
      right: isAtom ? middle + ATOM_WIDTH / 2 : toPixels(high),
      width: isAtom ? 0 : high - low,
      isAtom,
      isNarrow: isAtom || high - low < (axis.end - axis.start) * NARROW,
      open: bin.low === null ? 'left' : bin.high === null ? 'right' : null,
    };
  });
}
