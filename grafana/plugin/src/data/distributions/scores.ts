/** Scores of subjects, looked up by the labels that their queries have. */
import type { Labels } from '@grafana/data';
import type { Score } from '../comparison';
import type { Row, RowsByRole } from './frames';

/** Labels that can tell scores apart. */
const SCORE_LABELS = ['model_name', 'model_version', 'variant', 'feature', 'output', 'class'] as const;

/** Labels of a subject in one version, each with its value or ''. */
export type ScoreLabels = Readonly<Record<(typeof SCORE_LABELS)[number], string>>;

/** Return a function that finds the score of a subject. */
export function scoreFinder(rows: RowsByRole): (labels: ScoreLabels) => Score {
  const numbers = {
    severity: greatestBy(ofSubjects(rows.severity)),
    effect: greatestBy(ofSubjects(rows.effect)),
    threshold: greatestBy(rows.threshold),
    psi: greatestBy(ofSubjects(rows.psi)),
    importance: greatestBy(ofSubjects(rows.importance)),
    rows: greatestBy(ofSubjects(rows.rows)),
    required: greatestBy(rows.required),
    excluded: greatestBy(ofSubjects(rows.excluded)),
  };
  const reasons = finderOf(
    rows.absent.filter((row) => row.value > 0),
    (row) => row.labels.reason ?? '',
    // One reason of two: any, but the same in each refresh.
    (first, second) => (first > second ? first : second)
  );
  return (labels) => ({
    severity: numbers.severity(labels),
    effect: numbers.effect(labels),
    threshold: numbers.threshold(labels),
    psi: numbers.psi(labels),
    importance: numbers.importance(labels),
    rows: numbers.rows(labels),
    requiredRows: numbers.required(labels),
    absentReason: reasons(labels) || null,
    isExcluded: (numbers.excluded(labels) ?? 0) > 0,
  });
}

/** A score without a subject, as of `max(…)`, is not that of each. */
function ofSubjects(rows: readonly Row[]): Row[] {
  return rows.filter(({ labels }) => labels.feature || labels.output);
}

/** Several rows for one subject are of several pods or windows: the greatest counts, as in the dashboards. */
function greatestBy(rows: readonly Row[]): (labels: ScoreLabels) => number | null {
  return finderOf(rows, (row) => row.value, Math.max);
}

/**
 * Index rows by those labels that any of them has: a query by model holds for all its subjects, a query by
 * feature for the feature in all versions.
 */
function finderOf<Value>(
  rows: readonly Row[],
  valueOf: (row: Row) => Value,
  join: (first: Value, second: Value) => Value
): (labels: ScoreLabels) => Value | null {
  const used: readonly string[] = SCORE_LABELS.filter((name) => rows.some((row) => row.labels[name]));
  const keyOf = (labels: Labels) => used.map((name) => labels[name] ?? '').join('\n');
  const found = new Map<string, Value>();
  for (const row of rows) {
    const key = keyOf(row.labels);
    const before = found.get(key);
    const value = valueOf(row);
    found.set(key, before === undefined ? value : join(before, value));
  }
  return (labels) => found.get(keyOf(labels)) ?? null;
}
