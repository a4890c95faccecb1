/** Bins of numbers, for tests of geometry. */
import type { Bin } from '../comparison';
import { NAMED, readBins } from '../distributions/bins';

/** Return the bins of ranges, in their order. */
export function binsOf(...ranges: string[]): readonly Bin[] {
  return readBins(ranges.map((range, index) => ({ bin: idOf(range, index), range }))).bins;
}

/** Return bins with these edges, first and last one open. */
export function binsBetween(edges: readonly number[]): readonly Bin[] {
  const inner = edges.slice(1).map((edge, index) => `${edges[index] ?? ''} – ${edge}`);
  return binsOf(`≤ ${edges[0] ?? ''}`, ...inner, `> ${edges[edges.length - 1] ?? ''}`);
}

function idOf(range: string, index: number): string {
  return NAMED.some((name) => name === range) ? range : String(index).padStart(3, '0');
}
