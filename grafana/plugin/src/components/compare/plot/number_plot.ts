/** Bins of numbers on an axis: bars of true width, the reference as a step outline. */
import { type Comparison, type Side } from '../../../data/comparison';
import { haveSameBins } from '../../../data/distributions/bins';
import { shareText } from '../../../data/distributions/numbers';
import { axisOf } from '../../../data/drawing/axes';
import { hasEnds } from '../../../data/drawing/edges';
import { chooseMeasure, heightsOf, topOfNumbers, type PlacedHeights } from '../../../data/drawing/height';
import { outlineOf, yOf, type PlotArea } from '../../../data/drawing/outline';
import { placeNumbers, type PlacedBin } from '../../../data/drawing/placement';
import { ticksOf, type Tick } from '../../../data/drawing/ticks';
import { type CompareOptions } from '../compare_options';
import { heightUnit } from './height_unit';
import { keyOfBin, uprightFill, withoutOverlaps, type DrawnBin, type Label, type Rectangle } from './shapes';
import { contributionOf, type KnownSides } from './sides';

/** The part of a plot that has a shape: all but missing and invalid values. */
export interface ShapePart {
  readonly bins: readonly DrawnBin[];
  readonly referencePath: string;
  readonly expectedPath: string;
  readonly labels: readonly Label[];
  readonly tickMarks: readonly number[];
  readonly fadeLeft: Rectangle | null;
  readonly fadeRight: Rectangle | null;
  /** The height at the top, and how it is said: `shareAtTop` in shares for each `perWords`. */
  readonly shareAtTop: number;
  readonly heightWords: string;
  readonly isUpright: boolean;
}

/** The current rows may be this many times as high as the reference; what is higher is cut, so that both are seen. */
const TALLEST = 2.6;

/** An atom is drawn over wide bars: pixels of its outline, less where other atoms are near; its fill is narrower. */
const ATOM_OUTLINE = 11;
const NARROWEST_ATOM = 3;
const ATOM_FILL_SHARE = 0.55;

/** An open bin has no width of its own: from this share of rows on it says its number. */
const TOLD_SHARE = 0.1;

/** Draw numbers in an area; null where the bins have no ends, as those of categories. */
export function drawNumbers(
  comparison: Comparison,
  sides: KnownSides,
  area: PlotArea,
  options: Pick<CompareOptions, 'axis' | 'measure'>
): ShapePart | null {
  const all = [sides.reference, sides.expected, sides.current].flatMap((side) => (side ? [side] : []));
  const lists = all.map((side) => side.bins).filter((bins, index, kept) => kept.findIndex((other) => haveSameBins(other, bins)) === index);
  const axis = comparison.isCategorical || lists.length === 0 ? null : axisOf(lists, options.axis);
  if (axis === null) {
    return null;
  }
  const measure = options.measure === 'auto' ? chooseMeasure(axis) : options.measure;
  const binCount = Math.max(1, (sides.reference ?? sides.current)?.bins.filter(hasEnds).length ?? 1);
  const place = (side: Side | null): PlacedHeights | null => {
    if (side === null) {
      return null;
    }
    const placed = placeNumbers(side.bins, axis, area);
    return { placed, heights: heightsOf(side, placed, axis, binCount, measure), side };
  };
  const natural = { reference: place(sides.reference), expected: place(sides.expected), current: place(sides.current) };
  const top = topOf(natural) * roomForMarks(natural, area);
  const placed = withFittingAtoms(natural, top);
  const path = (side: PlacedHeights | null): string => (side ? outlineOf(side.placed, side.heights, top, area) : '');
  const bins = drawBins(sides, placed, top, area);
  const { shareAtTop, words } = heightUnit(axis, measure, top);
  const ticks = ticksOf(axis, area);
  const shown = (placed.current ?? placed.reference)?.placed ?? [];
  return {
    bins,
    referencePath: path(placed.reference),
    expectedPath: path(placed.expected),
    labels: [...axisLabels(ticks, area), ...withoutOverlaps(marksOf(bins, shown, placed.current, top, area))],
    tickMarks: ticks.map(({ position }) => position),
    fadeLeft: fade(shown.find(({ open }) => open === 'left'), area),
    fadeRight: fade(shown.find(({ open }) => open === 'right'), area),
    shareAtTop,
    heightWords: words,
    isUpright: true,
  };
}

interface PlacedSides {
  readonly reference: PlacedHeights | null;
  readonly expected: PlacedHeights | null;
  readonly current: PlacedHeights | null;
}

function topOf({ reference, expected, current }: PlacedSides): number {
  const known = [reference, expected].flatMap((side) => (side && side.heights.length > 0 ? [side] : []));
  const all = topOfNumbers([...known, ...(current ? [current] : [])]);
  return known.length === 0 ? all : Math.min(all, TALLEST * topOfNumbers(known));
}

/** Free room above the bars where an atom says its number there. */
function roomForMarks({ current }: PlacedSides, area: PlotArea): number {
  const isTold = current?.placed.some(({ isAtom, index }) => isAtom && (current.side.counts[index] ?? 0) >= TOLD_SHARE * current.side.shapeTotal);
  return isTold === true ? 1 + 16 / area.height : 1;
}

/** Shrink all atoms by one factor where one is higher than the plot: cut, both sides would look the same. */
function withFittingAtoms(sides: PlacedSides, top: number): PlacedSides {
  const all = [sides.reference, sides.expected, sides.current].flatMap((side) => (side ? [side] : []));
  const highest = Math.max(0, ...all.flatMap(({ placed, heights }) => heights.filter((_, index) => placed[index]?.isAtom)));
  const factor = highest > top ? (0.98 * top) / highest : 1;
  const shrink = (side: PlacedHeights | null): PlacedHeights | null =>
    side && { ...side, heights: side.heights.map((height, index) => (side.placed[index]?.isAtom ? height * factor : height)) };
  return { reference: shrink(sides.reference), expected: shrink(sides.expected), current: shrink(sides.current) };
}

function drawBins(sides: KnownSides, placed: PlacedSides, top: number, area: PlotArea): DrawnBin[] {
  const shown = placed.current ?? placed.reference;
  // Two versions may have other bins: then the same id means another range, and a bin has no share in the reference.
  const isShared = sides.reference === null || sides.current === null || haveSameBins(sides.reference.bins, sides.current.bins);
  const bottom = area.top + area.height;
  const base = sides.isSubtractable ? (sides.base === sides.expected ? placed.expected : placed.reference) : null;
  const pixels = (side: PlacedHeights | null, index: number): number | null => {
    const height = side?.heights[index];
    return height === undefined ? null : bottom - yOf(height, top, area);
  };
  const atomWidth = atomWidthOf(shown?.placed ?? []);
  return (shown?.placed ?? []).map((bin, index) => {
    const { id } = bin.bin;
    const gap = Math.min(1, (bin.right - bin.left) * 0.12);
    return {
      key: keyOfBin(bin.bin),
      bin: bin.bin,
      referenceShare: isShared ? (sides.referenceShares.get(id) ?? null) : null,
      expectedShare: isShared ? (sides.expectedShares.get(id) ?? null) : null,
      currentShare: sides.currentShares.get(id) ?? null,
      contribution: contributionOf(sides, bin.bin),
      target: targetOf(bin, atomWidth, area),
      fill: bin.isAtom
        ? uprightFill((bin.left + bin.right - ATOM_FILL_SHARE * atomWidth) / 2, ATOM_FILL_SHARE * atomWidth, bottom, pixels(placed.current, index), pixels(base, index))
        : uprightFill(bin.left, bin.right - bin.left - gap, bottom, pixels(placed.current, index), pixels(base, index)),
      referenceBox: bin.isAtom && isShared ? atomBox(bin, atomWidth, pixels(placed.reference, index), bottom) : null,
      expectedBox: bin.isAtom && isShared ? atomBox(bin, atomWidth, pixels(placed.expected, index), bottom) : null,
      isPatterned: false,
      isAtom: bin.isAtom,
    };
  });
}

/** Atoms may stand side by side: none is wider than most of the way to the next one. */
function atomWidthOf(placed: readonly PlacedBin[]): number {
  const middles = placed.filter(({ isAtom }) => isAtom).map(({ left, right }) => (left + right) / 2);
  const distances = middles.slice(1).map((middle, index) => middle - (middles[index] ?? middle));
  return Math.max(NARROWEST_ATOM, Math.min(ATOM_OUTLINE, ...distances.map((distance) => 0.85 * distance)));
}

function targetOf(bin: PlacedBin, atomWidth: number, area: PlotArea): Rectangle {
  const reach = Math.max(0, (bin.isAtom ? atomWidth + 2 : 3) - (bin.right - bin.left)) / 2;
  return { x: bin.left - reach, y: area.top, width: bin.right - bin.left + 2 * reach, height: area.height };
}

function atomBox(bin: PlacedBin, width: number, height: number | null, bottom: number): Rectangle | null {
  const middle = (bin.left + bin.right) / 2;
  return height === null ? null : { x: middle - width / 2, y: bottom - height, width, height };
}

function axisLabels(ticks: readonly Tick[], area: PlotArea): Label[] {
  return ticks.map(({ position, label }) => ({
    key: `tick ${label} ${position}`,
    x: position,
    y: area.top + area.height + 15,
    text: label,
    anchor: 'middle',
    isStrong: false,
  }));
}

/** Numbers of bars whose height does not tell it: cut, open, or of one value. The two with most rows are enough. */
function marksOf(bins: readonly DrawnBin[], placed: readonly PlacedBin[], current: PlacedHeights | null, top: number, area: PlotArea): Label[] {
  return bins
    .map((bin, index) => ({
      bin,
      share: bin.currentShare ?? 0,
      isCut: (current?.heights[index] ?? 0) > top * 1.001,
      isOpen: (placed[index]?.open ?? null) !== null,
    }))
    .filter(({ bin, share, isCut, isOpen }) => isCut || (share >= TOLD_SHARE && (bin.isAtom || (isOpen && hasGrown(bin)))))
    .sort((a, b) => b.share - a.share)
    .slice(0, 2)
    .map(({ bin, share, isCut, isOpen }): Label => {
      const { target } = bin;
      const isAtRight = target.x + target.width / 2 > area.left + area.width / 2;
      const barTop = Math.min(bin.fill.common?.y ?? Infinity, bin.fill.more?.y ?? Infinity, area.top + area.height);
      const text = isOpen ? `${bin.bin.range}: ${shareText(share)}` : shareText(share);
      return {
        key: `mark ${bin.key}`,
        x: isAtRight ? target.x - 4 : target.x + target.width + 4,
        y: Math.max(area.top + 9, barTop + 9),
        text: isCut ? `↑ ${text}` : text,
        anchor: isAtRight ? 'end' : 'start',
        isStrong: true,
      };
    });
}

function hasGrown({ contribution }: DrawnBin): boolean {
  return (contribution?.difference ?? 0) >= TOLD_SHARE / 2;
}

function fade(bin: PlacedBin | undefined, area: PlotArea): Rectangle | null {
  return bin && !bin.isAtom
    ? { x: bin.left, y: area.top - 2, width: bin.right - bin.left, height: area.height + 4 }
    : null;
}
