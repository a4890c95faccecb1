/** Shapes of one plot, in pixels of its SVG: what `plot.tsx` draws, without React. */
import { type Bin, type Contribution } from '../../../data/comparison';

/** A rectangle in pixels; y grows downwards. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A text; `anchor` is the end of the text that `x` is. */
export interface Label {
  readonly key: string;
  readonly x: number;
  /** Base line of the text. */
  readonly y: number;
  readonly text: string;
  readonly anchor: 'start' | 'middle' | 'end';
  /** In the colour of what matters, not of what is beside it. */
  readonly isStrong: boolean;
}

/** The bar of one bin, cut into what both sides have, what the current rows have more, and what they have fewer. */
export interface Fill {
  readonly common: Rectangle | null;
  readonly more: Rectangle | null;
  readonly fewer: Rectangle | null;
}

/** One bin as it is drawn and pointed at. */
export interface DrawnBin {
  /** Unique in its plot. */
  readonly key: string;
  readonly bin: Bin;
  /** Shares, 0 to 1; null where that side is unknown. */
  readonly referenceShare: number | null;
  readonly expectedShare: number | null;
  readonly currentShare: number | null;
  /** Null where the two sides cannot be subtracted. */
  readonly contribution: Contribution | null;
  /** Where a pointer means this bin. */
  readonly target: Rectangle;
  readonly fill: Fill;
  /** The reference as an outlined box; null where it is part of the step outline. */
  readonly referenceBox: Rectangle | null;
  readonly expectedBox: Rectangle | null;
  /** `other` and `unseen`: drawn with a pattern, as they are no names. */
  readonly isPatterned: boolean;
  /** One value, drawn over the bars around it. */
  readonly isAtom: boolean;
}

/** A line of the grid at a height, and what it says. */
export interface GridLine {
  readonly y: number;
  readonly text: string;
}

/** All of one plot. */
export interface DrawnPlot {
  readonly width: number;
  readonly height: number;
  /** In the order of the bins: the order of the arrow keys. */
  readonly bins: readonly DrawnBin[];
  /** Path of the step outline of the reference; '' where boxes stand for it. */
  readonly referencePath: string;
  readonly expectedPath: string;
  readonly labels: readonly Label[];
  /** Where ticks leave the base line, in x. */
  readonly tickMarks: readonly number[];
  readonly gridLines: readonly GridLine[];
  readonly baselines: ReadonlyArray<readonly [x1: number, y1: number, x2: number, y2: number]>;
  /** Full scale of what stands apart: 0 to 100 % of all rows. */
  readonly tracks: readonly Rectangle[];
  /** Where the first and the last bin fade out, as they are open; null where they are not. */
  readonly fadeLeft: Rectangle | null;
  readonly fadeRight: Rectangle | null;
  /** The part of the plot with the bins that have a shape. */
  readonly shapeArea: Rectangle;
  /** False where bins are rows, one below the other. */
  readonly isUpright: boolean;
}

/** The key of a bin: two versions may count other values in bins with the same id. */
export function keyOfBin({ id, range }: Bin): string {
  return `${id} ${range}`;
}

/** An empty fill: a bin that nobody counts. */
const NO_FILL: Fill = { common: null, more: null, fewer: null };

/**
 * Cut an upright bar.
 *
 * @param current Pixels from the bottom, null where unknown.
 * @param base Likewise of the side it is held against; where it is unknown all is common.
 */
export function uprightFill(left: number, width: number, bottom: number, current: number | null, base: number | null): Fill {
  const box = (from: number, to: number): Rectangle | null =>
    to - from > 0.05 ? { x: left, y: bottom - to, width, height: to - from } : null;
  return fillOf(box, current, base);
}

/** Cut a bar that grows to the right; `current` and `base` are pixels from the left. */
export function lyingFill(top: number, height: number, left: number, current: number | null, base: number | null): Fill {
  const box = (from: number, to: number): Rectangle | null =>
    to - from > 0.05 ? { x: left + from, y: top, width: to - from, height } : null;
  return fillOf(box, current, base);
}

function fillOf(box: (from: number, to: number) => Rectangle | null, current: number | null, base: number | null): Fill {
  if (current === null) {
    return NO_FILL;
  }
  if (base === null) {
    return { common: box(0, current), more: null, fewer: null };
  }
  return { common: box(0, Math.min(current, base)), more: box(base, current), fewer: box(current, base) };
}

/** Width of a text of 11 px in pixels, estimated: capitals are wide, some letters narrow. */
export function textWidth(text: string): number {
  return Array.from(text).reduce((sum, letter) => sum + letterWidth(letter), 0);
}

const LETTER_WIDTHS: ReadonlyMap<string, number> = new Map([
  ...Array.from('%mw', (letter): [string, number] => [letter, 9]),
  ...Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ…–↑>≤', (letter): [string, number] => [letter, 7.6]),
  ...Array.from(" .,:;'|!ijltfr()", (letter): [string, number] => [letter, 3.8]),
]);

function letterWidth(letter: string): number {
  return LETTER_WIDTHS.get(letter) ?? 6.4;
}

/** A text shortened at its end to fit; at least one letter stays. */
export function fitting(text: string, width: number): string {
  if (textWidth(text) <= width) {
    return text;
  }
  const letters = Array.from(text);
  let [kept, taken] = [0, letterWidth('…')];
  for (const letter of letters) {
    taken += letterWidth(letter);
    if (taken > width) {
      break;
    }
    kept += 1;
  }
  return `${letters.slice(0, Math.max(1, kept)).join('').trimEnd()}…`;
}

/** The labels that do not lie over an earlier one. */
export function withoutOverlaps(labels: readonly Label[]): Label[] {
  return labels.reduce<Label[]>((kept, label) => (kept.some((other) => overlap(label, other)) ? kept : [...kept, label]), []);
}

const LINE_HEIGHT = 12;
const BETWEEN = 6;

function overlap(one: Label, other: Label): boolean {
  const [first, second] = [extentOf(one), extentOf(other)];
  return Math.abs(one.y - other.y) < LINE_HEIGHT && first.left < second.right + BETWEEN && second.left < first.right + BETWEEN;
}

function extentOf({ x, text, anchor }: Label): { left: number; right: number } {
  const width = textWidth(text);
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
  return { left, right: left + width };
}
