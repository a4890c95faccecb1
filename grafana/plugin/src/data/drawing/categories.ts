/** Bands of categories, and of what stands apart: missing and invalid values. */
import type { Bin } from '../comparison';
import { hasShape } from '../distributions/bins';
import { pairBins, type BinPair } from '../distributions/pairs';
import type { Stretch } from './placement';

/** One bin, and where each side counts it; null where a side does not know it, which is not zero rows. */
export type Band = BinPair;

/** A band and its place, in pixels. */
export interface PlacedBand extends Band {
  readonly left: number;
  readonly right: number;
}

/** Return the bands of the shape bins: categories, then `other`, then `unseen`; also for the one bin `any`. */
export function shapeBands(reference: readonly Bin[] | null, current: readonly Bin[] | null): Band[] {
  return pairBins(reference, current).filter(({ bin }) => hasShape(bin));
}

/** Return the bands of missing and invalid values, as far as a side has these bins. */
export function apartBands(reference: readonly Bin[] | null, current: readonly Bin[] | null): Band[] {
  return pairBins(reference, current).filter(({ bin }) => !hasShape(bin));
}

/**
 * Place bands side by side, all as wide.
 *
 * @param padding Share of a band's room that is left free, half of it on either side.
 */
export function placeBands(bands: readonly Band[], stretch: Stretch, padding: number): PlacedBand[] {
  const room = stretch.width / Math.max(bands.length, 1);
  return bands.map((band, place) => ({
    ...band,
    left: stretch.left + room * (place + padding / 2),
    right: stretch.left + room * (place + 1 - padding / 2),
  }));
}
