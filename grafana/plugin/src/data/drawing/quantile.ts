/**
 * The value below which a share of the numbers lies, with a straight line between neighbours.
 *
 * @param sorted Ascending, at least one.
 * @param share 0 to 1.
 */
export function quantileOf(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const [before = NaN, after = before] = sorted.slice(Math.floor(place), Math.floor(place) + 2);
  return before + (after - before) * (place % 1);
}
