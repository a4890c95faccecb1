/** Ticks of axes: round numbers with short labels that do not overlap. */
import type { Axis } from './axes';
import { exponentText, UNITS, withoutZeros } from '../distributions/numbers';
import type { Stretch } from './placement';

/** A mark of an axis. */
export interface Tick {
  readonly value: number;
  /** Pixels of an axis of numbers; 0 (bottom) to 1 (top) of the height on an axis of shares. */
  readonly position: number;
  readonly label: string;
}

/** What labels are like, in pixels. */
export interface LabelSize {
  /** Mean width of a character; digits of 11 px text are about 6.5 wide. */
  readonly characterWidth: number;
  /** Free room between two labels. */
  readonly gap: number;
  /** How far a label may reach over the ends of the axis. */
  readonly overhang: number;
}

export const SMALL_LABELS: LabelSize = { characterWidth: 6.5, gap: 10, overhang: 14 };

/** A number that may get a tick, and the distance to the next round one: it says how many digits matter. */
interface Candidate {
  readonly value: number;
  readonly step: number;
}

const NICE = [1, 2, 5];

/**
 * Return the ticks of an axis of numbers, from left to right.
 *
 * Labels never overlap: of several sets of round numbers the one with most ticks that fit is taken. There are no
 * ticks in open bins, which have no scale. On an axis of equal bins, the ends of bins are labelled.
 */
export function ticksOf(axis: Axis, stretch: Stretch, size: LabelSize = SMALL_LABELS): Tick[] {
  const most = Math.max(Math.floor(stretch.width / (size.characterWidth + size.gap)), 2);
  const sets = candidateSets(axis, most);
  for (const candidates of sets) {
    const ticks = candidates
      .map((candidate) => tickOf(candidate, candidates, axis, stretch))
      .filter((tick) => isInside(tick, stretch, size));
    if (ticks.length > 1 && !overlap(ticks, size)) {
      return ticks;
    }
  }
  // No two fit: one is better than none.
  const single = sets.flat().map((candidate) => tickOf(candidate, [candidate], axis, stretch));
  return single.filter((tick) => isInside(tick, stretch, size)).slice(0, 1);
}

/**
 * Return ticks of shares from 0 to the top of a plot: `0 %`, `5 %`, `10 %`.
 *
 * @param top Above 0.
 * @param most Ticks at most, 0 included; at least 2.
 */
export function shareTicks(top: number, most = 4): Tick[] {
  const step = niceSteps(top / (most - 1)).next().value;
  const decimals = decimalsOf(step * 100);
  return multiples(step, 0, top).map((value) => ({
    value,
    position: value / top,
    label: `${(value * 100).toFixed(decimals)} %`,
  }));
}

const TICK_UNITS = [...UNITS, { size: 1e3, sign: 'k' }] as const;

/**
 * Return a number as short as its step allows: `1200`, `12k`, `1.5M`, `0.25`, `1e-7`.
 *
 * @param step Distance to the next tick, above 0.
 * @param largest Size of the largest number of the axis, so that all have one unit.
 */
export function tickLabel(value: number, step: number, largest = Math.abs(value)): string {
  if (value === 0) {
    return '0';
  }
  if (largest >= 1e15 || largest < 1e-3) {
    const decimals = Math.floor(Math.log10(Math.abs(value)) + 1e-9) - Math.floor(Math.log10(step) + 1e-9);
    return withMinus(exponentText(value, decimals));
  }
  const unit = largest >= 1e4 ? TICK_UNITS.find((each) => largest >= each.size) : undefined;
  const divisor = unit?.size ?? 1;
  const text = (value / divisor).toFixed(decimalsOf(step / divisor));
  return withMinus(`${unit ? withoutZeros(text) : text}${unit?.sign ?? ''}`);
}

/** A minus is as wide as a digit; a hyphen is hardly seen in small text. */
function withMinus(text: string): string {
  return text.replace(/^-/, '−');
}

/** Sets of candidates, most ticks first; of round numbers there are hardly more than `most`. */
function candidateSets(axis: Axis, most: number): Candidate[][] {
  switch (axis.kind) {
    case 'linear':
      return linearSets(axis, most);
    case 'equal':
      return edgeSets(axis);
    case 'log':
    case 'symlog':
      // Within one decade there are hardly powers of ten: round numbers stand unevenly, but they stand.
      return [...decadeSets(axis), ...linearSets(axis, most)];
  }
}

function linearSets(axis: Axis, most: number): Candidate[][] {
  const [low, high] = endsOf(axis);
  const sets: Candidate[][] = [];
  if (high > low) {
    for (const step of niceSteps((high - low) / most)) {
      if (step > high - low) {
        break;
      }
      sets.push(multiples(step, low, high).map((value) => ({ value, step })));
    }
  }
  return [...sets, ...edgeSets(axis)];
}

/** Each end of a bin, each second, each third … */
function edgeSets(axis: Axis): Candidate[][] {
  return axis.edges.map((_, skipped) =>
    axis.edges.filter((__, index) => index % (skipped + 1) === 0).map((value) => ({ value, step: 0 }))
  );
}

/** 1, 2, 5 of each decade; each decade; each second decade … with 0 and both signs where the axis has them. */
function decadeSets(axis: Axis): Candidate[][] {
  const [low, high] = endsOf(axis);
  const largest = Math.max(Math.abs(low), Math.abs(high));
  // Where a symlog axis is linear, powers of ten crowd around zero.
  const smallest = axis.linearUpTo > 0 ? axis.linearUpTo * 10 : low;
  const first = Math.floor(Math.log10(smallest));
  const last = Math.floor(Math.log10(largest));
  const exponents = Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => first + index);
  const sized = (digits: readonly number[], skipped: number) =>
    exponents
      .filter((exponent) => (last - exponent) % skipped === 0)
      .flatMap((exponent) => digits.map((digit) => ({ value: Number(`${digit}e${exponent}`), step: 10 ** exponent })));
  const sets = [sized(NICE, 1), ...exponents.map((_, index) => sized([1], index + 1))];
  return sets.map((sizes) => {
    const both = axis.kind === 'log' ? sizes : [...mirrored(sizes), { value: 0, step: 1 }, ...sizes];
    return both.filter(({ value }) => value >= low && value <= high);
  });
}

function mirrored(candidates: readonly Candidate[]): Candidate[] {
  return candidates.map(({ value, step }) => ({ value: -value, step })).reverse();
}

function endsOf(axis: Axis): [number, number] {
  return [axis.edges[0] ?? 0, axis.edges[axis.edges.length - 1] ?? 0];
}

function tickOf(candidate: Candidate, all: readonly Candidate[], axis: Axis, stretch: Stretch): Tick {
  const { value, step } = candidate;
  const position = stretch.left + ((axis.place(value) - axis.start) / (axis.end - axis.start)) * stretch.width;
  return { value, position, label: labelOf(value, step, all, axis.kind) };
}

function labelOf(value: number, step: number, all: readonly Candidate[], kind: Axis['kind']): string {
  if (step === 0) {
    // An end of a bin is not round: three digits tell it.
    const digits = value === 0 ? 1 : 10 ** (Math.floor(Math.log10(Math.abs(value))) - 2);
    return withoutZeros(tickLabel(value, digits));
  }
  const largest = all.reduce((most, each) => Math.max(most, Math.abs(each.value)), 0);
  return tickLabel(value, step, kind === 'linear' ? largest : Math.abs(value));
}

function labelWidth(tick: Tick, size: LabelSize): number {
  return tick.label.length * size.characterWidth;
}

function isInside(tick: Tick, stretch: Stretch, size: LabelSize): boolean {
  const half = labelWidth(tick, size) / 2;
  return (
    tick.position - half >= stretch.left - size.overhang &&
    tick.position + half <= stretch.left + stretch.width + size.overhang
  );
}

function overlap(ticks: readonly Tick[], size: LabelSize): boolean {
  return ticks.some((tick, index) => {
    const next = ticks[index + 1];
    const room = (labelWidth(tick, size) + (next ? labelWidth(next, size) : 0)) / 2 + size.gap;
    return next !== undefined && next.position - tick.position < room;
  });
}

/** Steps 1, 2, 5, 10 … times a power of ten, from the first that is at least `least`. */
function* niceSteps(least: number): Generator<number, never> {
  for (let exponent = Math.floor(Math.log10(least)); ; exponent++) {
    for (const digit of NICE) {
      // Written and read again, as 3 * 10 ** -1 is not 0.3.
      const step = Number(`${digit}e${exponent}`);
      if (step >= least * (1 - 1e-9)) {
        yield step;
      }
    }
  }
}

/** Multiples of a step between two numbers, both included. */
function multiples(step: number, low: number, high: number): number[] {
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(last - first + 1, 0) }, (_, index) => {
    const value = Number(((first + index) * step).toPrecision(12));
    return value === 0 ? 0 : value;
  });
}

/** Decimals that a number needs when it is a multiple of a step. */
function decimalsOf(step: number): number {
  return Math.min(Math.max(Math.ceil(-Math.log10(step) - 1e-9), 0), 12);
}
