/** The versions of one model that serve, the one that was learned last first: what `queries.model.changes` and `.…ByVersion` answer. */

import type { DataFrame } from '@grafana/data';

import { keyOf, labelledValues } from './labelled_values';

/** One version in one role; numbers are null where they are not known. */
export interface VersionRow {
  readonly key: string;
  readonly version: string;
  readonly variant: string;
  /** Seconds since the newest process with it began. */
  readonly loaded: number | null;
  /** Rows a minute. */
  readonly rows: number | null;
  /** Share of calls that raise. */
  readonly errors: number | null;
  /** Worst severity. */
  readonly worst: number | null;
  /** Exporters that tell of it. */
  readonly exporters: number | null;
  /** Seconds since its profile was learned. */
  readonly learned: number | null;
  /** The version that its profile was learned for. */
  readonly profileVersion: string;
  readonly dataset: string;
  readonly commit: string;
  /** The version that was learned before it: what it is compared with. Empty for the first. */
  readonly before: string;
}

const IDENTITY = ['model_version', 'variant'];

/**
 * Return the versions that any query knows of, the one that was learned last first.
 *
 * Where a profile does not tell when that was, the start of its newest process stands for it; a restart moves that.
 */
export function versionRows(series: readonly DataFrame[]): VersionRow[] {
  const by = (refId: string) => {
    const found = labelledValues(series, refId).filter(({ labels }) => (labels['model_version'] ?? '') !== '');
    return new Map(found.map((each) => [keyOf(each.labels, IDENTITY), each]));
  };
  const exporters = sums(series, 'pods');
  const [pods, loaded, rows, errors, worst, learned, profile] = [
    by('pods'), by('loaded'), by('rows'), by('errors'), by('worst'), by('learned'), by('profile'),
  ];
  const known = new Map([...rows, ...loaded, ...pods]);
  const made = [...known].map(([key, { labels }]) => ({
    key,
    version: labels['model_version'] ?? '',
    variant: labels['variant'] ?? '',
    loaded: loaded.get(key)?.value ?? null,
    rows: rows.get(key)?.value ?? null,
    errors: errors.get(key)?.value ?? null,
    worst: worst.get(key)?.value ?? null,
    exporters: exporters.get(key) ?? null,
    learned: learned.get(key)?.value ?? null,
    profileVersion: profile.get(key)?.labels['profile_version'] ?? '',
    dataset: pods.get(key)?.labels['dataset'] ?? '',
    commit: pods.get(key)?.labels['commit'] ?? '',
  }));
  const age = (row: { readonly learned: number | null; readonly loaded: number | null }) =>
    row.learned ?? row.loaded ?? Number.MAX_VALUE;
  made.sort((one, other) => age(one) - age(other) || one.key.localeCompare(other.key));
  return made.map((row, place) => ({
    ...row,
    before: made.slice(place + 1).find(({ version }) => version !== row.version)?.version ?? '',
  }));
}

/** Several commits or datasets of one version are several series: exporters are added. */
function sums(series: readonly DataFrame[], refId: string): Map<string, number> {
  const added = new Map<string, number>();
  for (const { labels, value } of labelledValues(series, refId)) {
    const key = keyOf(labels, IDENTITY);
    added.set(key, (added.get(key) ?? 0) + value);
  }
  return added;
}
