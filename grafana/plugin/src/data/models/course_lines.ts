/** Geometry of a small line: where a course over time is, in a box of 1 by 1. */

import type { Course } from './labelled_values';

/** A point, both parts 0 to 1: from the left, and from the bottom. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What the box shows; times in Unix milliseconds. */
export interface Box {
  readonly from: number;
  readonly to: number;
  /** The value at the bottom, and the one at the top; what is beyond is cut off there. */
  readonly low: number;
  readonly high: number;
}

/** So many times the usual step from one point to the next is a gap. */
const GAP_STEPS = 3;

/** Return the unbroken lines of a course: it breaks where values are unknown, and where points are missing. */
export function linesOf(course: Course, box: Box): Point[][] {
  const gap = GAP_STEPS * usualStep(course.times);
  const lines: Point[][] = [];
  let line: Point[] = [];
  let before = -Infinity;
  course.times.forEach((time, place) => {
    const value = course.values[place] ?? null;
    if (line.length > 0 && (value === null || time - before > gap)) {
      lines.push(line);
      line = [];
    }
    if (value !== null && time >= box.from && time <= box.to) {
      line.push({ x: part(time, box.from, box.to), y: part(value, box.low, box.high) });
      before = time;
    }
  });
  return line.length > 0 ? [...lines, line] : lines;
}

/** Return the value at the end of a course, the largest, and where it began; null without any. */
export function told(course: Course): { readonly first: number; readonly last: number; readonly highest: number } | null {
  const values = course.values.filter((value) => value !== null);
  const [first] = values;
  const last = values[values.length - 1];
  return first === undefined || last === undefined ? null : { first, last, highest: Math.max(...values) };
}

function usualStep(times: readonly number[]): number {
  const steps = times.slice(1).map((time, place) => time - (times[place] ?? time));
  steps.sort((one, other) => one - other);
  return steps[Math.floor(steps.length / 2)] ?? Infinity;
}

function part(value: number, low: number, high: number): number {
  const width = high - low;
  return width > 0 ? Math.min(1, Math.max(0, (value - low) / width)) : 0.5;
}
