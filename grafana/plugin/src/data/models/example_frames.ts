/** Frames as Grafana's data source for Prometheus makes them, for tests. */

import { FieldType, toDataFrame, type DataFrame } from '@grafana/data';

import type { Labels } from './labelled_values';

/** Return the table that an instant query answers: a row for each series. */
export function instantTable(refId: string, rows: ReadonlyArray<readonly [Labels, number]>): DataFrame {
  const names = [...new Set(rows.flatMap(([labels]) => Object.keys(labels)))];
  return toDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: rows.map(() => 1) },
      ...names.map((name) => ({ name, type: FieldType.string, values: rows.map(([labels]) => labels[name] ?? '') })),
      { name: `Value #${refId}`, type: FieldType.number, values: rows.map(([, value]) => value) },
    ],
  });
}

/** Return one series over time, a point a millisecond from 1 on. */
export function courseFrame(refId: string, labels: Labels, values: ReadonlyArray<number | null>): DataFrame {
  return toDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: values.map((_, place) => place + 1) },
      { name: 'Value', type: FieldType.number, values: [...values], labels },
    ],
  });
}
