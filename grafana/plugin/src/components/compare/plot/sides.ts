/** The sides of a comparison, and what each knows of a bin. */
import { type Bin, type Comparison, type Contribution, type Side } from '../../../data/comparison';
import { haveSameBins } from '../../../data/distributions/bins';
import { comparedSide } from '../../../data/distributions/comparisons';
import { contributionsOf, sharesOf } from '../../../data/distributions/contributions';

/** Shares of one side by the id of a bin. */
export type Shares = ReadonlyMap<string, number>;

/** What a plot needs to know of a comparison. */
export interface KnownSides {
  readonly reference: Side | null;
  readonly expected: Side | null;
  readonly current: Side | null;
  /** What the current rows are held against: `expected` where it is known, else `reference`. */
  readonly base: Side | null;
  /** True where `base` and `current` count in the same bins. */
  readonly isSubtractable: boolean;
  readonly referenceShares: Shares;
  readonly expectedShares: Shares;
  readonly currentShares: Shares;
  /** What each bin adds to the difference; categories also where the other bins differ. */
  readonly contributions: readonly Contribution[];
}

/** Return what is known of the sides of a comparison. */
export function knownSides(comparison: Comparison): KnownSides {
  const { reference, expected, current } = comparison;
  const base = comparedSide(comparison);
  const isSubtractable = base !== null && current !== null && haveSameBins(base.bins, current.bins);
  return {
    reference,
    expected,
    current,
    base,
    isSubtractable,
    referenceShares: sharesByBin(reference),
    expectedShares: sharesByBin(expected),
    currentShares: sharesByBin(current),
    contributions: base !== null && current !== null ? contributionsOf(base, current) : [],
  };
}

/** The bins that are drawn and walked over: those of the current rows, or of the reference where there are none. */
export function drawnBins({ current, reference }: KnownSides): readonly Bin[] {
  return (current ?? reference)?.bins ?? [];
}

/** What a bin adds to the difference; null where it has no like on the other side. */
export function contributionOf({ contributions, isSubtractable }: KnownSides, bin: Bin): Contribution | null {
  // Versions with other bins may use the same id for other values: there only the very bin counts.
  return contributions.find((each) => each.bin === bin || (isSubtractable && each.bin.id === bin.id)) ?? null;
}

function sharesByBin(side: Side | null): Shares {
  if (side === null) {
    return new Map();
  }
  const shares = sharesOf(side);
  return new Map(
    side.bins.flatMap((bin, index): Array<[string, number]> => {
      const share = shares[index] ?? null;
      return share === null ? [] : [[bin.id, share]];
    })
  );
}
