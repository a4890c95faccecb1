/** Axes of numbers: which scale, where a number lies on it. */
import type { Bin } from '../comparison';
import { hasEnds, innerEdges, openWidths } from './edges';
import { quantileOf } from './quantile';

/** `equal` gives every bin the same width, whatever it holds. */
export type ScaleKind = 'linear' | 'log' | 'symlog' | 'equal';

/** A range of numbers and how they lie beside each other. */
export interface Axis {
  readonly kind: ScaleKind;
  /**
   * Ends in units of the axis: the numbers themselves (linear), decades (log, symlog), bins (equal).
   * `start < end` always.
   */
  readonly start: number;
  readonly end: number;
  /** Where a number lies, in units of the axis. */
  readonly place: (value: number) => number;
  /** Ends of the bins, ascending and distinct. */
  readonly edges: readonly number[];
  /** Around zero, up to this size, a symlog axis is nearly linear; 0 on other axes. */
  readonly linearUpTo: number;
}

type Projection = Pick<Axis, 'kind' | 'place' | 'linearUpTo'>;

/** Edges that reach over more than this factor are easier to read on a logarithmic scale. */
const WIDE_RANGE = 100;

/** A symlog axis shows no more decades than this on one side of zero: more would only magnify zero. */
const MOST_DECADES = 8;

/**
 * Choose the scale on which bins are easy to tell apart.
 *
 * Log where all edges are above zero and their 90 % quantile is more than 100 times their 10 % quantile;
 * symlog where that holds of their sizes and some are zero or below.
 *
 * @param edges Ends of bins, ascending.
 */
export function chooseScale(edges: readonly number[]): 'linear' | 'log' | 'symlog' {
  const sizes = sizesOf(edges);
  if (sizes.length < 2 || quantileOf(sizes, 0.9) <= WIDE_RANGE * quantileOf(sizes, 0.1)) {
    return 'linear';
  }
  return edges.every((edge) => edge > 0) ? 'log' : 'symlog';
}

/**
 * Return the axis on which bins of numbers are drawn, or null where no bin has an end (one bin `any`,
 * categories): these are drawn as bands, see `categories.ts`.
 *
 * @param lists The bins of each side: once where all sides have the same, more where they differ.
 * @param scale `auto` chooses by the edges. `log` becomes `symlog` where an edge is not above zero; `equal`
 * holds for one list only and becomes `auto` with several.
 */
export function axisOf(lists: ReadonlyArray<readonly Bin[]>, scale: ScaleKind | 'auto' = 'auto'): Axis | null {
  const edges = innerEdges(lists.flat());
  const [bins] = lists;
  if (edges.length === 0 || !bins) {
    return null;
  }
  if (scale === 'equal' && lists.length === 1) {
    return equalAxis(bins, edges);
  }
  const projection = projectionOf(scale === 'auto' || scale === 'equal' ? chooseScale(edges) : scale, edges);
  const widths = lists.filter((list) => list.some(hasEnds)).map((list) => openWidths(list, projection.place));
  const start = Math.min(...widths.map((each) => each.start));
  const end = Math.max(...widths.map((each) => each.end));
  // Only atoms of one value: give them room on both sides.
  const ends = start < end ? { start, end } : { start: start - 0.5, end: end + 0.5 };
  return { ...projection, ...ends, edges };
}

function projectionOf(kind: 'linear' | 'log' | 'symlog', edges: readonly number[]): Projection {
  if (kind === 'linear') {
    return { kind, place: (value) => value, linearUpTo: 0 };
  }
  if (kind === 'log' && edges.every((edge) => edge > 0)) {
    return { kind, place: Math.log10, linearUpTo: 0 };
  }
  const linearUpTo = linearRange(edges);
  return {
    kind: 'symlog',
    place: (value) => Math.sign(value) * Math.log10(1 + Math.abs(value) / linearUpTo),
    linearUpTo,
  };
}

/** A power of ten near the smallest edges. */
function linearRange(edges: readonly number[]): number {
  const sizes = sizesOf(edges);
  const largest = sizes[sizes.length - 1];
  if (largest === undefined) {
    return 1;
  }
  const smallest = Math.max(Math.log10(quantileOf(sizes, 0.1)), Math.log10(largest) - MOST_DECADES);
  return 10 ** Math.floor(smallest);
}

/** How far numbers are from zero, ascending, zero left out. */
function sizesOf(edges: readonly number[]): number[] {
  return edges
    .map(Math.abs)
    .filter((size) => size > 0)
    .sort((one, other) => one - other);
}

/** A number and its place on an axis of slots. */
interface Mark {
  readonly value: number;
  readonly place: number;
}

/**
 * Slots of the width 1 in the order of the bins. An end of a bin lies between two slots, the value of an atom in
 * the middle of its own; what is between two such numbers lies evenly between their places.
 */
function equalAxis(bins: readonly Bin[], edges: readonly number[]): Axis {
  const slots = bins.filter(hasEnds);
  const atoms = new Set(slots.filter(({ kind }) => kind === 'atom').map(({ low }) => low));
  const marks = edges.map((value): Mark => {
    const isAtom = atoms.has(value);
    const slot = slots.findIndex((bin) => (isAtom ? bin.kind === 'atom' && bin.low === value : bin.high === value));
    const after = slots.findIndex((bin) => bin.low === value);
    return { value, place: isAtom ? slot + 0.5 : slot >= 0 ? slot + 1 : after };
  });
  return {
    kind: 'equal',
    start: 0,
    end: slots.length,
    place: (value) => placeBetween(marks, value),
    edges,
    linearUpTo: 0,
  };
}

function placeBetween(marks: readonly Mark[], value: number): number {
  const index = marks.findIndex((mark) => mark.value >= value);
  const after = marks[index];
  const before = index < 0 ? marks[marks.length - 1] : marks[index - 1];
  if (!before || !after) {
    return (before ?? after)?.place ?? 0;
  }
  return before.place + ((after.place - before.place) * (value - before.value)) / (after.value - before.value);
}
