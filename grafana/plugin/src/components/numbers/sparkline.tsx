import { css } from '@emotion/css';
import { useTheme2 } from '@grafana/ui';
import React, { useId } from 'react';

import { linesOf, told, type Box, type Point } from '../../data/models/course_lines';
import type { Course } from '../../data/models/labelled_values';
import { colours } from '../../levels.gen';

interface SparklineProps {
  readonly course: Course;
  /** What is drawn; times in Unix milliseconds. */
  readonly box: Box;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** What the line is, for who can not see it: `Worst drift over time`. */
  readonly name: string;
  /** How a value is said. */
  readonly write: (value: number | null) => string;
  /** From here on a value is bad: a dashed line, and the colour changes. */
  readonly threshold?: number;
}

/** A small line over time. Where nothing is known, nothing is drawn. */
export function Sparkline({ course, box, width, height, name, write, threshold }: SparklineProps) {
  const theme = useTheme2();
  const id = useId();
  const lines = linesOf(course, box);
  const summary = told(course);
  if (summary === null || lines.length === 0) {
    return null;
  }
  const words = `${name}: from ${write(summary.first)} to ${write(summary.last)}, highest ${write(summary.highest)}`;
  const inner = height - 2;
  const yOf = (part: number) => 1 + inner * (1 - part);
  const xOf = (part: number) => part * width;
  const limit = threshold === undefined ? null : yOf((threshold - box.low) / (box.high - box.low));
  const plain = threshold === undefined ? theme.colors.text.secondary : colours.ok;
  const halves = [
    { key: 'below', top: limit ?? 0, bottom: height, colour: plain },
    ...(limit === null ? [] : [{ key: 'above', top: 0, bottom: limit, colour: colours.bad }]),
  ];
  return (
    <svg
      className={style}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words}
    >
      {halves.map(({ key, top, bottom, colour }) => (
        <g key={key} clipPath={`url(#${id}-${key})`}>
          <clipPath id={`${id}-${key}`}>
            <rect x={0} y={top} width={width} height={Math.max(0, bottom - top)} />
          </clipPath>
          {lines.map((line, place) => (
            <g key={place}>
              <path d={areaOf(line, xOf, yOf)} fill={colour} fillOpacity={0.25} />
              <path d={pathOf(line, xOf, yOf)} stroke={colour} strokeWidth={1.5} fill="none" />
            </g>
          ))}
        </g>
      ))}
      {limit !== null && (
        <line x1={0} x2={width} y1={limit} y2={limit} stroke={theme.colors.text.secondary} strokeWidth={1} strokeDasharray="2 3" />
      )}
    </svg>
  );
}

const style = css({ display: 'block', maxWidth: '100%', minWidth: 80 });

type Scale = (part: number) => number;

function pathOf(line: readonly Point[], xOf: Scale, yOf: Scale): string {
  const points = line.map(({ x, y }) => `${xOf(x).toFixed(1)},${yOf(y).toFixed(1)}`);
  // A line of one point has no length: a dash of two pixels can be seen.
  return points.length === 1 ? `M${points[0]}m-1,0h2` : `M${points.join('L')}`;
}

function areaOf(line: readonly Point[], xOf: Scale, yOf: Scale): string {
  const [first] = line;
  const last = line[line.length - 1];
  return first === undefined || last === undefined
    ? ''
    : `${pathOf(line, xOf, yOf)}L${xOf(last.x).toFixed(1)},${yOf(0)}L${xOf(first.x).toFixed(1)},${yOf(0)}Z`;
}
