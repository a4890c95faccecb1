/** Reads answers of Prometheus: values with their labels, whatever shape of frame they came in. */

import { FieldType, type DataFrame, type Field } from '@grafana/data';

export type Labels = Readonly<Record<string, string>>;

/** One series at one time. */
export interface LabelledValue {
  readonly labels: Labels;
  /** Never NaN: what is not known is not there. Infinities are kept. */
  readonly value: number;
}

/** One series over time. */
export interface Course {
  readonly labels: Labels;
  /** Unix time in milliseconds, rising. */
  readonly times: readonly number[];
  /** Aligned with `times`; null where nothing is known. */
  readonly values: ReadonlyArray<number | null>;
}

/**
 * Return what an instant query has answered, one value a series.
 *
 * @param series - Frames of all queries: tables (a row a series), or one frame a series, whose last value is taken.
 * @param refId - Name of the query.
 */
export function labelledValues(series: readonly DataFrame[], refId: string): LabelledValue[] {
  return series
    .filter((frame) => frame.refId === refId)
    .flatMap((frame) => (isTable(frame) ? rowsOfTable(frame) : lastOfSeries(frame)));
}

/** Return what a query over time has answered, one course a series; those without any value are left out. */
export function courses(series: readonly DataFrame[], refId: string): Course[] {
  const found: Course[] = [];
  for (const frame of series) {
    const time = frame.fields.find((field) => field.type === FieldType.time);
    if (frame.refId !== refId || time === undefined) {
      continue;
    }
    for (const field of numbersOf(frame)) {
      const values = Array.from(field.values, known);
      if (values.some((value) => value !== null)) {
        found.push({ labels: field.labels ?? {}, times: Array.from(time.values, Number), values });
      }
    }
  }
  return found;
}

/** Return the value of the one series that a query without labels answers; null where it has none. */
export function single(series: readonly DataFrame[], refId: string): number | null {
  return labelledValues(series, refId)[0]?.value ?? null;
}

/** Return a text that is the same for all series that agree in the labels called `names`. */
export function keyOf(labels: Labels, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => labels[name] ?? ''));
}

function isTable(frame: DataFrame): boolean {
  return frame.fields.some((field) => field.type === FieldType.string);
}

function rowsOfTable(frame: DataFrame): LabelledValue[] {
  const names = frame.fields.filter((field) => field.type === FieldType.string);
  return numbersOf(frame).flatMap((numbers) =>
    Array.from(numbers.values, (each, row) => {
      const value = known(each);
      const labels = Object.fromEntries(names.map((name) => [name.name, String(name.values[row] ?? '')]));
      return value === null ? null : { labels, value };
    }).filter((each) => each !== null)
  );
}

function lastOfSeries(frame: DataFrame): LabelledValue[] {
  return numbersOf(frame).flatMap((field) => {
    const value = Array.from(field.values, known).reverse().find((each) => each !== null) ?? null;
    return value === null ? [] : [{ labels: field.labels ?? {}, value }];
  });
}

function numbersOf(frame: DataFrame): Field[] {
  return frame.fields.filter((field) => field.type === FieldType.number);
}

function known(value: unknown): number | null {
  return typeof value === 'number' && !Number.isNaN(value) ? value : null;
}
