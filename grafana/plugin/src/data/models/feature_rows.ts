/** The features of one model, worst first: what `queries.model.features` and `.data` answer. */

import type { DataFrame } from '@grafana/data';

import { courses, labelledValues, type Course } from './labelled_values';

/** Kinds of bad values, by the name of the query that tells of them. */
const PROBLEMS = {
  missing: 'missing',
  invalid: 'invalid',
  outOfRange: 'out of range',
  unseen: 'unseen',
  otherType: 'other type',
} as const;

/** A kind of bad values of which there are more than allowed. */
export interface Problem {
  readonly kind: string;
  /** How far their share has risen, divided by what is allowed; above 1. */
  readonly times: number;
}

/** How one feature of a model stands; numbers are null where they are not known. */
export interface FeatureRow {
  readonly feature: string;
  /** Worst severity of any window; above 1 is drift. */
  readonly severity: number | null;
  /** The window of that severity. */
  readonly window: string;
  /** Severity over time. */
  readonly trend: Course | null;
  /** Standard deviations of the reference, in the chosen window. */
  readonly effect: number | null;
  readonly threshold: number | null;
  /** Its drift is shown and does not alert. */
  readonly isExcluded: boolean;
  /** Why there is no score in the chosen window; empty where there is one. */
  readonly absentReason: string;
  readonly problems: readonly Problem[];
}

/** Return the features that any query knows of: worst first, excluded ones after, those without a score last. */
export function featureRows(series: readonly DataFrame[]): FeatureRow[] {
  const severity = byFeature(series, 'severity');
  const excluded = byFeature(series, 'excluded');
  const effect = byFeature(series, 'effect');
  const threshold = byFeature(series, 'threshold');
  const absent = byFeature(series, 'absent');
  const trends = new Map(courses(series, 'trend').map((course) => [course.labels['feature'] ?? '', course]));
  const problems = Object.entries(PROBLEMS).map(([query, kind]) => ({ kind, found: byFeature(series, query) }));
  const names = new Set([severity, excluded, threshold, absent].flatMap((found) => [...found.keys()]));
  return [...names]
    .map((feature) => {
      const score = severity.get(feature) ?? excluded.get(feature);
      return {
        feature,
        severity: score?.value ?? null,
        window: score?.labels['window'] ?? '',
        trend: trends.get(feature) ?? null,
        effect: effect.get(feature)?.value ?? null,
        threshold: threshold.get(feature)?.value ?? null,
        isExcluded: excluded.has(feature),
        absentReason: score === undefined ? (absent.get(feature)?.labels['reason'] ?? '') : '',
        problems: problems.flatMap(({ kind, found }) => {
          const times = found.get(feature)?.value ?? 0;
          return times > 1 ? [{ kind, times }] : [];
        }),
      };
    })
    .sort((one, other) => rank(other) - rank(one) || one.feature.localeCompare(other.feature));
}

/** Return why a feature has no score, in words. */
export function absentWords(reason: string): string {
  return ABSENT_WORDS.get(reason) ?? 'no score';
}

const ABSENT_WORDS: ReadonlyMap<string, string> = new Map([
  ['rows', 'not enough rows yet'],
  ['profile', 'the profile cannot say'],
  ['stale', 'the score is old'],
  ['error', 'the score failed'],
]);

function rank(row: FeatureRow): number {
  if (row.severity === null) {
    return -2;
  }
  return row.isExcluded ? -1 : row.severity;
}

function byFeature(series: readonly DataFrame[], refId: string) {
  const found = labelledValues(series, refId).filter(({ labels }) => (labels['feature'] ?? '') !== '');
  return new Map(found.map((each) => [each.labels['feature'] ?? '', each]));
}
