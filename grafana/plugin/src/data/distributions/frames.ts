/** Data frames of queries, read as rows by role. */
import { FieldType, type DataFrame, type Field, type Labels } from '@grafana/data';

/** What a query is asked for. The last four are of the mode that compares the rows of two versions. */
export const ROLES = [
  'reference',
  'expected',
  'current',
  'severity',
  'effect',
  'threshold',
  'psi',
  'absent',
  'rows',
  'required',
  'importance',
  'excluded',
  'current_a',
  'current_b',
  'reference_a',
  'reference_b',
] as const;
export type Role = (typeof ROLES)[number];

/** Roles of queries with other refIds. */
export type RoleNames = Readonly<Record<string, Role>>;

/** One sample. */
export interface Row {
  readonly labels: Labels;
  /** Finite, where the row is no count; NaN is a count that is there and is no number. */
  readonly value: number;
}

export type RowsByRole = Readonly<Record<Role, readonly Row[]>>;

/** Columns of a table that say what a row is about, whatever their type. */
const LABEL_NAMES: ReadonlySet<string> = new Set([
  'model_name',
  'model_version',
  'variant',
  'profile',
  'feature',
  'output',
  'class',
  'bin',
  'range',
  'reason',
  'window',
]);

/** Roles whose rows add up: where one of them is unknown, so is the share of all others. */
const COUNTS: ReadonlySet<Role> = new Set([
  'reference',
  'expected',
  'current',
  'current_a',
  'current_b',
  'reference_a',
  'reference_b',
]);

/** How Prometheus calls the column of values: alone, or beside those of other queries. */
const VALUE_NAME = /^Value(?: #(.+))?$/;

/**
 * Return the rows of all frames by their role.
 *
 * A frame is a table (labels are columns) or a series (labels are on its field of values). The role is the name
 * behind `Value #`, else the refId, else the name of the column, else the labels tell it. Of several times the
 * last counts, and of frames of one refId with the very same series the later one.
 * Null has no row, and neither have NaN, infinities and texts that are no number, except among counts, where they
 * are NaN. Frames without a role are left out.
 */
export function readFrames(frames: readonly DataFrame[], roles: RoleNames = {}): RowsByRole {
  const found = emptyRows();
  const places = new Map<string, number>();
  const repeated = repeatedRefIds(frames);
  for (const frame of frames) {
    const isTable = frame.fields.some((field) => isLabel(field));
    for (const field of frame.fields.filter((each) => isValue(each))) {
      const rows = isTable ? tableRows(frame, field) : seriesRows(field);
      const named = roleOfName(field, frame, roles);
      for (const row of rows) {
        const role = named ?? roleOfLabels(row.labels);
        if (!role || (Number.isNaN(row.value) && !COUNTS.has(role))) {
          continue;
        }
        // An instant and a range query of one name answer the same series twice: these are no two pods.
        const series = frame.refId !== undefined && repeated.has(frame.refId) ? seriesKey(frame.refId, role, row) : null;
        const before = series === null ? undefined : places.get(series);
        if (before === undefined) {
          found[role].push(row);
        } else {
          found[role][before] = row;
        }
        if (series !== null && before === undefined) {
          places.set(series, found[role].length - 1);
        }
      }
    }
  }
  return found;
}

/** Return no rows in every role. */
export function emptyRows(): Record<Role, Row[]> {
  return {
    reference: [],
    expected: [],
    current: [],
    severity: [],
    effect: [],
    threshold: [],
    psi: [],
    absent: [],
    rows: [],
    required: [],
    importance: [],
    excluded: [],
    current_a: [],
    current_b: [],
    reference_a: [],
    reference_b: [],
  };
}

function repeatedRefIds(frames: readonly DataFrame[]): Set<string> {
  const [once, repeated] = [new Set<string>(), new Set<string>()];
  for (const { refId } of frames) {
    if (refId !== undefined) {
      (once.has(refId) ? repeated : once).add(refId);
    }
  }
  return repeated;
}

function seriesKey(refId: string, role: Role, { labels }: Row): string {
  return JSON.stringify([refId, role, ...Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1))]);
}

function isLabel(field: Field): boolean {
  return LABEL_NAMES.has(field.name) || (field.type === FieldType.string && !VALUE_NAME.test(field.name));
}

function isValue(field: Field): boolean {
  return !LABEL_NAMES.has(field.name) && (field.type === FieldType.number || VALUE_NAME.test(field.name));
}

function roleOfName(field: Field, frame: DataFrame, roles: RoleNames): Role | null {
  const names = [VALUE_NAME.exec(field.name)?.[1], frame.refId, field.name];
  for (const name of names) {
    const role = name === undefined ? null : roleNamed(name, roles);
    if (role) {
      return role;
    }
  }
  return null;
}

function roleNamed(name: string, roles: RoleNames): Role | null {
  if (Object.hasOwn(roles, name)) {
    return roles[name] ?? null;
  }
  // Scores of two versions have the version among their labels, and need no roles of their own.
  return ROLES.find((role) => role === name) ?? ROLES.find((role) => role === name.replace(/_[ab]$/, '')) ?? null;
}

function roleOfLabels(labels: Labels): Role | null {
  if (labels.range) {
    return 'reference';
  }
  if (labels.bin) {
    return 'current';
  }
  if (labels.reason) {
    return 'absent';
  }
  return labels.feature || labels.output ? 'severity' : null;
}

/** The last sample of a series: NaN there means that it is unknown now. */
function seriesRows(field: Field): Row[] {
  for (let index = field.values.length - 1; index >= 0; index--) {
    const raw: unknown = field.values[index];
    if (raw !== null && raw !== undefined) {
      const value = numberOf(raw);
      return value === null ? [] : [{ labels: field.labels ?? {}, value }];
    }
  }
  return [];
}

function tableRows(frame: DataFrame, values: Field): Row[] {
  const labels = frame.fields.filter((field) => isLabel(field));
  const columns = labels.map((field): Column => [field.name, field.values]);
  const rows: Row[] = [];
  for (const index of latestIndexes(frame, labels)) {
    const value = numberOf(values.values[index]);
    if (value !== null) {
      rows.push({ labels: labelsAt(columns, index, values.labels), value });
    }
  }
  return rows;
}

type Column = readonly [name: string, values: readonly unknown[]];

function labelsAt(columns: readonly Column[], index: number, more: Labels | undefined): Labels {
  const labels: Labels = more ? { ...more } : {};
  for (const [name, values] of columns) {
    const text = values[index];
    if (typeof text === 'string') {
      labels[name] = text;
    } else if (typeof text === 'number') {
      labels[name] = String(text);
    }
  }
  return labels;
}

/** Indexes of the rows to read: all of an instant query, of a range query the last one with the same labels. */
function latestIndexes(frame: DataFrame, labels: readonly Field[]): Iterable<number> {
  const indexes = Array.from({ length: frame.length }, (_, index) => index);
  const times = frame.fields.find((field) => field.type === FieldType.time)?.values;
  if (!times || indexes.every((index) => times[index] === times[0])) {
    return indexes;
  }
  const latest = new Map<string, number>();
  for (const index of indexes) {
    const key = JSON.stringify(labels.map((field): unknown => field.values[index]));
    const before = latest.get(key);
    if (before === undefined || times[index] >= times[before]) {
      latest.set(key, index);
    }
  }
  return latest.values();
}

/** Null where there is nothing, NaN where there is something that is no number. */
function numberOf(raw: unknown): number | null {
  if (raw === null || raw === undefined || (typeof raw === 'string' && raw.trim() === '')) {
    return null;
  }
  const value = typeof raw === 'string' ? Number(raw) : raw;
  return typeof value === 'number' && Number.isFinite(value) ? value : NaN;
}
