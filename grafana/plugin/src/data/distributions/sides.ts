/** The sides of a comparison: their counts and totals, and whether two can be compared. */
import type { Bin, ComparisonState, Side } from '../comparison';
import { hasShape } from './bins';

/** Rows by the label `bin`. */
export type Counts = ReadonlyMap<string, number>;

/** Return a side: `counts` aligned with `bins`, a bin without a sample has no rows. */
export function sideOf(name: string, bins: readonly Bin[], counts: Counts): Side {
  const aligned = bins.map((bin) => counts.get(bin.id) ?? 0);
  return {
    bins,
    counts: aligned,
    shapeTotal: sum(bins.map((bin, index) => (hasShape(bin) ? (aligned[index] ?? 0) : 0))),
    total: sum(aligned),
    name,
  };
}

/** Return the sum; 0 of none. */
export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) {
    total += value;
  }
  return total;
}

/**
 * Return whether two sides can be compared, or what is missing first.
 *
 * @param hasOtherProfile There is a reference of the same version, with other bins.
 */
export function stateOf(reference: Side | null, current: Side | null, hasOtherProfile = false): ComparisonState {
  if (!reference || !(reference.total > 0)) {
    return current && hasOtherProfile ? 'other-profile' : 'no-reference';
  }
  if (!current) {
    return 'no-current';
  }
  return current.total > 0 ? 'comparable' : 'no-rows';
}
