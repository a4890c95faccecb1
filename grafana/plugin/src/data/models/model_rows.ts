/** What the page Models says: one row a model, version and variant, made from the answers of `queries.models`. */

import type { DataFrame } from '@grafana/data';

import { courses, keyOf, labelledValues, type Course } from './labelled_values';
import { stateOf, type ModelState } from './state';

/** The labels that tell one row from another. */
const MODEL_LABELS = ['model_name', 'model_version', 'variant'] as const;

/** Names of the queries whose answers are numbers in a row. */
export const NUMBERS = [
  'state', 'alerts', 'worst', 'drifted', 'data', 'rows', 'errors', 'burn', 'latency', 'quality', 'profile',
] as const;

export type NumberName = (typeof NUMBERS)[number];

/** One model, version and variant; each number is null where it is not known, which is not the same as fine. */
export interface ModelRow {
  readonly key: string;
  readonly name: string;
  readonly version: string;
  readonly variant: string;
  readonly state: ModelState;
  /**
   * By query: `state` is what rows are sorted by, `worst` a severity, `rows` a minute, `errors` a share, `burn` times too
   * fast, `latency` in seconds, `quality` in tolerances, `profile` its age in seconds or below 0 where there is none.
   */
  readonly numbers: Readonly<Record<NumberName, number | null>>;
  /** Worst severity over time. */
  readonly trend: Course | null;
}

/**
 * Return the models that any query knows of, in the order of their names.
 *
 * @param series - Answers of `queries.models`; `refId` is the query's name.
 */
export function modelRows(series: readonly DataFrame[]): ModelRow[] {
  const found = new Map<string, { labels: Readonly<Record<string, string>>; numbers: Map<NumberName, number> }>();
  const rowOf = (labels: Readonly<Record<string, string>>) => {
    const key = keyOf(labels, MODEL_LABELS);
    const row = found.get(key) ?? { labels, numbers: new Map<NumberName, number>() };
    found.set(key, row);
    return row;
  };
  for (const { labels } of labelledValues(series, 'info')) {
    rowOf(labels);
  }
  for (const name of NUMBERS) {
    for (const { labels, value } of labelledValues(series, name)) {
      rowOf(labels).numbers.set(name, value);
    }
  }
  const trends = new Map(courses(series, 'trend').map((course) => [keyOf(course.labels, MODEL_LABELS), course]));
  return [...found]
    .filter(([, { labels }]) => (labels['model_name'] ?? '') !== '')
    .map(([key, { labels, numbers }]) => {
      const filled = filledIn(numbers);
      return {
        key,
        name: labels['model_name'] ?? '',
        version: labels['model_version'] ?? '',
        variant: labels['variant'] ?? '',
        state: stateOf(filled.state),
        numbers: filled,
        trend: trends.get(key) ?? null,
      };
    })
    .sort((one, other) => ORDER.compare(one.key, other.key));
}

const ORDER = new Intl.Collator('en', { numeric: true });

function filledIn(numbers: ReadonlyMap<NumberName, number>): Record<NumberName, number | null> {
  const of = (name: NumberName) => numbers.get(name) ?? null;
  return {
    state: of('state'),
    alerts: of('alerts'),
    worst: of('worst'),
    drifted: of('drifted'),
    data: of('data'),
    rows: of('rows'),
    errors: of('errors'),
    burn: of('burn'),
    latency: of('latency'),
    quality: of('quality'),
    profile: of('profile'),
  };
}
