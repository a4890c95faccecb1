/** The numbers on top of a model's page: what they say, and when they are bad. The same words as the dashboard Model. */

import type { DataFrame } from '@grafana/data';

import { budgetLevels, longestBar } from '../../levels.gen';

import { single } from './labelled_values';
import { asAmount, asCount, asDuration, asRatio, asShare } from './numbers';
import { toneOf, toneOfAny, toneOfSeverity, type Tone } from './tones';
import { worstSubject } from './worst_subject';

/** One number with its line over time. */
export interface ModelNumber {
  /** The instant query that answers it. */
  readonly query: string;
  /** The query over time for its line; its name is not that of another query. */
  readonly courseQuery?: string;
  readonly title: string;
  readonly meaning: string;
  readonly write: (value: number | null) => string;
  /** What stands there where nothing is known. */
  readonly absent: string;
  readonly tone: (value: number | null, series: readonly DataFrame[]) => Tone;
  /** From here on the line is bad. */
  readonly threshold?: number;
  /** The value at the top of the line; by its own largest one without. */
  readonly full?: number;
  /** A second, small line; empty where there is nothing to say. */
  readonly note?: (series: readonly DataFrame[]) => string;
}

const CALM = () => 'calm' as const;

/** The numbers, in order. */
export const MODEL_NUMBERS: readonly ModelNumber[] = [
  {
    query: 'worst', courseQuery: 'worstOverTime', title: 'Worst drift', write: asRatio, absent: 'Not enough rows yet',
    meaning: 'The largest severity of any feature, output, or of the dependence between features, in any window. From 1 on it is drift.',
    tone: toneOfSeverity, threshold: 1, full: longestBar, note: worstSubject,
  },
  {
    query: 'drifted', title: 'Drifted', write: asCount, absent: 'Not enough rows yet', tone: toneOfAny,
    meaning: 'Features beyond their threshold, of the version that has most. Excluded features do not count.',
  },
  {
    query: 'dataProblems', title: 'Bad data', write: asCount, absent: 'Not enough rows yet', tone: toneOfAny,
    meaning: 'Features with more missing, invalid, out-of-range, unseen or mistyped values than allowed.',
  },
  {
    query: 'qualityLoss', courseQuery: 'qualityLossOverTime', title: 'Quality loss', write: asRatio,
    absent: 'No estimate or tolerance', tone: toneOfSeverity, threshold: 1, full: longestBar,
    meaning: 'How far quality is below its reference for sure, in units of what is tolerated. From 1 on it is an alert.',
  },
  {
    query: 'rows', courseQuery: 'rowsOverTime', title: 'Rows/min', write: asAmount, absent: 'No traffic', tone: CALM,
    meaning: 'Rows accepted for prediction in a minute, all pods together.',
  },
  {
    query: 'errors', courseQuery: 'errorsOverTime', title: 'Errors', write: asShare, absent: 'No calls',
    tone: (_, series) => budgetTone(single(series, 'budgetLeft')),
    meaning: 'The share of calls that raise now; below, what is left of the error budget of the time range.',
    note: (series) => budgetWords(single(series, 'budgetLeft')),
  },
  {
    query: 'latency', courseQuery: 'latencyOverTime', title: 'p95', write: asDuration, absent: 'No calls', tone: CALM,
    meaning: 'The time within which 95 of 100 calls are done; below, its part of the limit where one is configured.',
    note: (series) => limitWords(single(series, 'latencyOfLimit')),
  },
];

/** Return what a tile says. */
export function textOf(number: ModelNumber, value: number | null): string {
  return value === null ? number.absent : number.write(value);
}

function budgetTone(left: number | null): Tone {
  return toneOf(left, budgetLevels);
}

function budgetWords(left: number | null): string {
  if (left === null) {
    return '';
  }
  return left < 0 ? 'error budget overspent' : `${asCount(100 * left)} % of error budget left`;
}

function limitWords(part: number | null): string {
  return part === null ? '' : `${asCount(100 * part)} % of the limit`;
}
