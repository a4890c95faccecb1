/** What each bin adds to the difference of two sides. */
import type { Contribution, Side } from '../comparison';
import { hasShape, haveSameBins } from './bins';
import { pairBins } from './pairs';
import { sum } from './sides';

/** Rows that Jeffreys' prior adds to each bin of both sides, so that an empty bin stays finite. */
const HALF_ROW = 0.5;

/**
 * Return the terms of the population stability index, as the exporter computes it.
 *
 * With p and q the smoothed shares of reference and current, a term is (q - p) * ln(q / p).
 *
 * @param reference Rows by bin with a shape, >= 0.
 * @param current Likewise, aligned with `reference`.
 * @returns Dimensionless, >= 0, aligned; their sum is the index.
 *
 * Source: Siddiqi 2006, Jeffreys 1946 (the divergence); smoothed with half a row a bin.
 */
export function psiTerms(reference: readonly number[], current: readonly number[]): number[] {
  const added = HALF_ROW * reference.length;
  const [m, n] = [sum(reference) + added, sum(current) + added];
  return reference.map((rows, index) => {
    const p = (rows + HALF_ROW) / m;
    const q = ((current[index] ?? 0) + HALF_ROW) / n;
    return (q - p) * Math.log(q / p);
  });
}

/**
 * Return the share of each bin: of the rows with a shape, or of all rows for missing and invalid.
 *
 * @returns 0 to 1, aligned with `side.bins`; null where there are no such rows.
 */
export function sharesOf(side: Side): Array<number | null> {
  return side.bins.map((_, index) => shareOf(side, index));
}

function shareOf({ bins, counts, shapeTotal, total }: Side, index: number): number | null {
  const [bin, rows] = [bins[index], counts[index]];
  const all = bin && hasShape(bin) ? shapeTotal : total;
  return rows !== undefined && all > 0 ? rows / all : null;
}

/**
 * Return what each bin adds to the difference, in the order of the bins.
 *
 * A bin is left out where its share is unknown: a side has no such rows, or not this bin. Terms of the index
 * need the same bins on both sides and are null otherwise.
 */
export function contributionsOf(reference: Side, current: Side): Contribution[] {
  const terms = termsByIndex(reference, current);
  const total = sum(terms.values());
  return pairBins(reference.bins, current.bins).flatMap(({ bin, referenceIndex, currentIndex }) => {
    const referenceShare = referenceIndex === null ? null : shareOf(reference, referenceIndex);
    const currentShare = currentIndex === null ? null : shareOf(current, currentIndex);
    if (referenceShare === null || currentShare === null) {
      return [];
    }
    const psiTerm = (currentIndex === null ? undefined : terms.get(currentIndex)) ?? null;
    return [
      {
        bin,
        referenceShare,
        currentShare,
        difference: currentShare - referenceShare,
        psiTerm,
        psiShare: psiTerm === null || total === 0 ? null : psiTerm / total,
      },
    ];
  });
}

/** Return the bin whose share changed most, of as much the one that has more rows now; null where none changed. */
export function largestChange(contributions: readonly Contribution[]): Contribution | null {
  return contributions.reduce<Contribution | null>(
    (most, each) => (changeOf(each) > (most ? changeOf(most) : ROUNDING) ? each : most),
    null
  );
}

/** Differences of shares that are smaller are those of rounding. */
const ROUNDING = 1e-12;

function changeOf({ difference }: Contribution): number {
  return difference > 0 ? difference + ROUNDING : -difference;
}

/** Terms by the place of their bin; none where the bins differ. */
function termsByIndex(reference: Side, current: Side): Map<number, number> {
  if (!haveSameBins(reference.bins, current.bins)) {
    return new Map();
  }
  const places = reference.bins.flatMap((bin, index) => (hasShape(bin) ? [index] : []));
  const countsOf = (side: Side) => places.map((index) => side.counts[index] ?? 0);
  const terms = psiTerms(countsOf(reference), countsOf(current));
  return new Map(terms.map((term, place) => [places[place] ?? -1, term]));
}
