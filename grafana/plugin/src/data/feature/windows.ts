/** How far a feature has drifted, by window: numbers of the page Feature. */

import { type DataFrame } from '@grafana/data';

import { keyOf, labelledValues, type LabelledValue } from '../models/labelled_values';
import { secondsOf } from '../setup/durations';

/** One window of a feature; what is null is not known. */
export interface WindowRow {
  /** Its length as the exporter writes it: `1h`. */
  readonly window: string;
  /** Lower bound of the effect divided by the threshold; above 1 is drift. */
  readonly severity: number | null;
  /** What drift is measured against: `training` or `baseline`; empty without a severity. */
  readonly against: string;
  /** Standard deviations of the reference. */
  readonly effect: number | null;
  readonly lowerBound: number | null;
  /** The smallest effect that these rows would have shown in four of five cases. */
  readonly smallest: number | null;
  readonly psi: number | null;
  /** Factor by which another unit would explain the values. */
  readonly unitFactor: number | null;
  /** Rows with a value in the window. */
  readonly rows: number | null;
  readonly requiredRows: number | null;
  /** Why there is no severity: `rows`, `profile`, `overflow`, `stale`, `error`; null where nobody says. */
  readonly absentReason: string | null;
}

/** refIds of the queries that are answered by window. */
export const WINDOW_REFS = {
  severity: 'window_severity',
  effect: 'window_effect',
  lower: 'window_lower',
  smallest: 'window_smallest',
  psi: 'window_psi',
  factor: 'window_factor',
  seen: 'window_seen',
  needed: 'window_needed',
  why: 'window_why',
} as const;

/** refId of a query with a series for each version and variant that has the feature. */
export const EACH_REF = 'each';

/** Return how many versions and variants have the feature. */
export function countOfVersions(series: readonly DataFrame[]): number {
  return new Set(labelledValues(series, EACH_REF).map(({ labels }) => keyOf(labels, ['model_version', 'variant']))).size;
}

/** Return a row for each window that anything is known of, the shortest first. */
export function windowRows(series: readonly DataFrame[]): readonly WindowRow[] {
  const answers = (ref: keyof typeof WINDOW_REFS) => labelledValues(series, WINDOW_REFS[ref]);
  const severities = answers('severity');
  const seen = answers('seen');
  const reasons = answers('why').filter(({ value }) => value === 1);
  const numbers = {
    effect: answers('effect'),
    lowerBound: answers('lower'),
    smallest: answers('smallest'),
    psi: answers('psi'),
    unitFactor: answers('factor'),
    rows: seen,
    requiredRows: answers('needed'),
  };
  const names = new Set([...severities, ...seen, ...reasons].map(windowOf).filter((name) => name !== ''));
  return [...names].sort(byLength).map((window) => {
    const severity = largest(severities.filter((each) => windowOf(each) === window));
    const of = (samples: readonly LabelledValue[]) => samples.find((each) => windowOf(each) === window)?.value ?? null;
    return {
      window,
      severity: severity?.value ?? null,
      against: severity?.labels['against'] ?? '',
      effect: of(numbers.effect),
      lowerBound: of(numbers.lowerBound),
      smallest: of(numbers.smallest),
      psi: of(numbers.psi),
      unitFactor: of(numbers.unitFactor),
      rows: of(numbers.rows),
      requiredRows: of(numbers.requiredRows),
      absentReason: severity === null ? (reasons.find((each) => windowOf(each) === window)?.labels['reason'] ?? null) : null,
    };
  });
}

/** Return the window with the largest severity; null where none has one. */
export function worstWindow(rows: readonly WindowRow[]): WindowRow | null {
  return rows.reduce<WindowRow | null>(
    (worst, row) => (row.severity !== null && (worst?.severity ?? -Infinity) < row.severity ? row : worst),
    null
  );
}

function windowOf(sample: LabelledValue): string {
  return sample.labels['window'] ?? '';
}

function largest(samples: readonly LabelledValue[]): LabelledValue | null {
  return samples.reduce<LabelledValue | null>((best, each) => (best === null || each.value > best.value ? each : best), null);
}

function byLength(one: string, other: string): number {
  return (secondsOf(one) ?? Infinity) - (secondsOf(other) ?? Infinity) || one.localeCompare(other);
}
