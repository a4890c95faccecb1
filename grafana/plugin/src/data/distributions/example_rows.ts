/** Rows as queries answer them, for tests. */
import { emptyRows, type Role, type Row, type RowsByRole } from './frames';

/** Counts of one subject of one profile: by `bin`, with its range. */
export interface ExampleCounts {
  readonly labels?: Readonly<Record<string, string>>;
  /** `[bin, range, rows]`. */
  readonly bins: ReadonlyArray<readonly [bin: string, range: string, rows: number]>;
}

/** Labels of a feature of version 1. */
export const DISTANCE = { model_version: '1', variant: 'primary', profile: 'p1', feature: 'distance' };

/** Return rows of a reference: they have ranges. */
export function referenceRows({ labels = DISTANCE, bins }: ExampleCounts): Row[] {
  return bins.map(([bin, range, value]) => ({ labels: { ...labels, bin, range }, value }));
}

/** Return rows of counters: they have none. */
export function countRows({ labels = DISTANCE, bins }: ExampleCounts): Row[] {
  return bins.map(([bin, , value]) => ({ labels: { ...labels, bin }, value }));
}

/** Return rows of all roles, most of them empty. */
export function rowsOf(some: Partial<Record<Role, readonly Row[]>>): RowsByRole {
  return { ...emptyRows(), ...some };
}

/** Bins of numbers with an atom, missing and invalid values. */
export const NUMBERS: ExampleCounts['bins'] = [
  ['00', '≤ 0', 10],
  ['01', '= 0', 20],
  ['02', '0 – 100', 40],
  ['03', '> 100', 20],
  ['invalid', 'invalid', 2],
  ['missing', 'missing', 8],
];
