/** Alerts of one model that fire, the most urgent first: what `queries.model.firing` answers. */

import type { DataFrame } from '@grafana/data';

import { keyOf, labelledValues, type Labels } from './labelled_values';

export type AlertSeverity = 'page' | 'ticket' | 'note';

/** One alert that fires. */
export interface AlertRow {
  readonly key: string;
  readonly alert: string;
  readonly severity: AlertSeverity;
  /** What it is about, such as `feature distance`; empty for the whole model. */
  readonly subject: string;
  readonly feature: string;
  readonly version: string;
  readonly variant: string;
  /** Seconds since its condition began to hold; null where nobody knows. */
  readonly lasting: number | null;
}

const SEVERITIES: readonly AlertSeverity[] = ['note', 'ticket', 'page'];
const IDENTITY = ['alertname', 'model_version', 'variant', 'feature', 'output', 'class', 'instance'];
const SUBJECTS = ['feature', 'output', 'class', 'instance'];

/** Return the alerts that fire: pages, tickets, notes; of each, the newest first. */
export function alertRows(series: readonly DataFrame[]): AlertRow[] {
  const lasting = new Map(labelledValues(series, 'lasting').map(({ labels, value }) => [keyOf(labels, IDENTITY), value]));
  return labelledValues(series, 'severity')
    .sort((one, other) => other.value - one.value || order(lastingOf(one.labels), lastingOf(other.labels)))
    .map(({ labels, value }) => {
      const key = keyOf(labels, IDENTITY);
      return {
        key,
        alert: labels['alertname'] ?? '',
        severity: SEVERITIES[Math.round(value) - 1] ?? 'note',
        subject: subjectOf(labels),
        feature: labels['feature'] ?? '',
        version: labels['model_version'] ?? '',
        variant: labels['variant'] ?? '',
        lasting: lasting.get(key) ?? null,
      };
    });

  function lastingOf(labels: Labels): number {
    return lasting.get(keyOf(labels, IDENTITY)) ?? Infinity;
  }
}

/** Compares without a difference: that of two infinities is no number. */
function order(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

function subjectOf(labels: Labels): string {
  return SUBJECTS.flatMap((name) => {
    const value = labels[name] ?? '';
    return value === '' ? [] : [`${name} ${value}`];
  }).join(', ');
}
