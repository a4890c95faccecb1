/** Which bins of two sides are about the same values. */
import type { Bin } from '../comparison';
import { haveSameBins, NAMED } from './bins';

/** A bin and where each side counts it; null where a side does not have it, which is not zero rows. */
export interface BinPair {
  readonly bin: Bin;
  readonly referenceIndex: number | null;
  readonly currentIndex: number | null;
}

/** What the exporter calls a category whose name it must not show: the number says nothing in another profile. */
const HIDDEN_NAME = /^category \d+$/;

/**
 * Pair the bins of two sides, in the order of the reference, then what only the current side has; named bins
 * (other, unseen, missing, invalid) come last.
 *
 * With the same bins, each is paired. Otherwise categories are paired by name, and named bins with their like;
 * intervals are not, as they hold other values even where one end is the same.
 */
export function pairBins(reference: readonly Bin[] | null, current: readonly Bin[] | null): BinPair[] {
  if (reference === null || current === null || haveSameBins(reference, current)) {
    const bins = reference ?? current ?? [];
    return bins.map((bin, index) => ({
      bin,
      referenceIndex: reference && index,
      currentIndex: current && index,
    }));
  }
  const places = new Map(current.flatMap((bin, index) => asPairs(identityOf(bin), index)));
  const pairs = reference.map((bin, referenceIndex) => {
    const identity = identityOf(bin);
    const currentIndex = identity === null ? null : (places.get(identity) ?? null);
    return { bin, referenceIndex, currentIndex };
  });
  const taken = new Set(pairs.map(({ currentIndex }) => currentIndex));
  const more = current.flatMap((bin, index) =>
    taken.has(index) ? [] : [{ bin, referenceIndex: null, currentIndex: index }]
  );
  const all: BinPair[] = [...pairs, ...more];
  return [...all.filter(({ bin }) => !isLast(bin)), ...all.filter(({ bin }) => isLast(bin)).sort(byRank)];
}

function asPairs(identity: string | null, index: number): Array<[string, number]> {
  return identity === null ? [] : [[identity, index]];
}

/** What a bin is in any profile, or null where its meaning ends with its profile. */
function identityOf(bin: Bin): string | null {
  if (isLast(bin) || bin.kind === 'any') {
    return bin.kind;
  }
  return bin.kind === 'category' && !HIDDEN_NAME.test(bin.range) ? `category ${bin.range}` : null;
}

function isLast(bin: Bin): boolean {
  return rankOf(bin) >= 0;
}

function byRank(first: BinPair, second: BinPair): number {
  return rankOf(first.bin) - rankOf(second.bin);
}

function rankOf({ kind }: Bin): number {
  return NAMED.findIndex((named) => named === kind);
}
