/** Bins as the labels `bin` and `range` of the reference tell them. */
import type { Bin, BinKind } from '../comparison';

/** The two labels of a bin. */
export interface BinLabels {
  /** Text order is the order of the bins. */
  readonly bin: string;
  /** What it holds; '' where no reference says it. */
  readonly range: string;
}

/** Bins in their order. */
export interface BinList {
  readonly bins: readonly Bin[];
  /** The texts are names: there is a bin `other` or `unseen`, or a text that is no range. */
  readonly isCategorical: boolean;
}

type NamedKind = Extract<BinKind, 'other' | 'unseen' | 'missing' | 'invalid'>;

/** Bins with a word instead of a number, in the order in which they follow the others. */
export const NAMED: readonly NamedKind[] = ['other', 'unseen', 'missing', 'invalid'];

const NUMBER = '-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?';
// The dash of the exporter is an en dash; a hyphen with spaces around it means the same.
const INTERVAL = new RegExp(`^(${NUMBER}) [–-] (${NUMBER})$`);
const ONE_END = new RegExp(`^([≤>=]) (${NUMBER})$`);

/** Edges are float32; smaller ones are 0 in what the exporter writes. */
const GREATEST_EDGE = 3.5e38;
const SMALLEST_EDGE = 1e-36;

/**
 * Return the bins that the labels name, each id once, in their order: by text, then other, unseen, missing,
 * invalid.
 *
 * Numbers have ranges, categories have names. A name may look like a range (`≤ 5`), so the bins `other` and
 * `unseen`, which only categories have, decide. Where a text of a bin is no range either, as in counts without
 * a reference, or ranges overlap, all texts are taken as names: they are drawn side by side, which is never wrong.
 */
export function readBins(labels: readonly BinLabels[]): BinList {
  const ranges = new Map<string, string>();
  for (const { bin, range } of labels) {
    ranges.set(bin, range || ranges.get(bin) || '');
  }
  const ids = [...ranges.keys()].sort(compareIds);
  const numbers = ids.map((id) => (isNamed(id) ? null : rangeBin(id, ranges.get(id) ?? '')));
  const hasNames = ids.some((id, place) =>
    isNamed(id) ? id === 'other' || id === 'unseen' : numbers[place] === null
  );
  const isCategorical = hasNames || !areAscending(numbers.filter((bin) => bin !== null));
  const bins = ids.map((id, place) => {
    const name = ranges.get(id) || id;
    if (isNamed(id)) {
      return endless(id, name, id);
    }
    return (isCategorical ? null : numbers[place]) ?? endless(id, name, 'category');
  });
  return { bins, isCategorical };
}

/** True for bins that enter measures of shape: all but missing and invalid. */
export function hasShape(bin: Bin): boolean {
  return bin.kind !== 'missing' && bin.kind !== 'invalid';
}

/** True where two sides count in the same bins, so that they can be subtracted bin by bin. */
export function haveSameBins(first: readonly Bin[], second: readonly Bin[]): boolean {
  const isOfSameLength = first.length === second.length;
  return first === second || (isOfSameLength && first.every((bin, index) => isSame(bin, second[index])));
}

function isSame(bin: Bin, other: Bin | undefined): boolean {
  return bin.id === other?.id && bin.range === other.range;
}

function isNamed(id: string): id is NamedKind {
  return NAMED.some((name) => name === id);
}

function compareIds(first: string, second: string): number {
  const [one, other] = [rankOf(first), rankOf(second)];
  return one - other || (first < second ? -1 : first > second ? 1 : 0);
}

function rankOf(id: string): number {
  return NAMED.findIndex((name) => name === id);
}

/** True where each bin begins where the one before it ends, or later: only such bins lie on one axis. */
function areAscending(bins: readonly Bin[]): boolean {
  return bins.every((bin, place) => {
    const before = bins[place - 1];
    return before === undefined || (before.high ?? Infinity) <= (bin.low ?? -Infinity);
  });
}

function endless(id: string, range: string, kind: BinKind): Bin {
  return { id, range, kind, low: null, high: null };
}

/** The bin of a range of numbers, or null where the text is none. */
function rangeBin(id: string, range: string): Bin | null {
  if (range === 'any') {
    return endless(id, range, 'any');
  }
  const interval = INTERVAL.exec(range);
  if (interval) {
    const [low, high] = [edgeOf(interval[1]), edgeOf(interval[2])];
    if (low === null || high === null || low > high) {
      return null;
    }
    // Edges that are equal in six digits hold what is one value for people.
    return { id, range, kind: low === high ? 'atom' : 'interval', low, high };
  }
  const oneEnd = ONE_END.exec(range);
  const end = edgeOf(oneEnd?.[2]);
  if (end === null) {
    return null;
  }
  switch (oneEnd?.[1]) {
    case '≤':
      return { id, range, kind: 'below', low: null, high: end };
    case '>':
      return { id, range, kind: 'above', low: end, high: null };
    default:
      return { id, range, kind: 'atom', low: end, high: end };
  }
}

/** The number that a text holds, or null where no edge can be that. */
function edgeOf(text: string | undefined): number | null {
  const edge = Number(text ?? NaN);
  if (!(Math.abs(edge) <= GREATEST_EDGE)) {
    return null;
  }
  return Math.abs(edge) < SMALLEST_EDGE ? 0 : edge;
}
