/** Answers of Prometheus as the frames that Grafana's data source makes of them. */
import { FieldType, type DataFrame, type Field, type Labels } from '@grafana/data';

/** One series of an answer: of an instant query with `value`, of a range query with `values`; times in seconds. */
export interface AnsweredSeries {
  readonly metric: Labels;
  readonly value?: readonly [number, string];
  readonly values?: ReadonlyArray<readonly [number, string]>;
}

const NUMBERS: Readonly<Record<string, number>> = { '+Inf': Infinity, '-Inf': -Infinity, NaN: NaN };

function numberOf(text: string): number {
  return NUMBERS[text] ?? Number(text);
}

function field(name: string, type: FieldType, values: unknown[], labels?: Labels): Field {
  return { name, type, values, config: type === FieldType.number ? { displayNameFromDS: undefined } : {}, ...(labels ? { labels } : {}) };
}

/** Return an instant answer as one table: time, a column for each label in order, the value. */
export function table(refId: string, series: readonly AnsweredSeries[], areSeveral: boolean): DataFrame {
  const names = [...new Set(series.flatMap((each) => Object.keys(each.metric)))].sort();
  const samples = series.map((each) => each.value ?? [0, 'NaN'] as const);
  return {
    refId,
    meta: { preferredVisualisationType: 'table' },
    length: series.length,
    fields: [
      field('Time', FieldType.time, samples.map(([seconds]) => seconds * 1000)),
      ...names.map((name) => field(name, FieldType.string, series.map((each) => each.metric[name] ?? ''))),
      field(areSeveral ? `Value #${refId}` : 'Value', FieldType.number, samples.map(([, text]) => numberOf(text))),
    ],
  };
}

/** Return an answer as one frame for each series, the labels at the value. */
export function courses(refId: string, series: readonly AnsweredSeries[]): DataFrame[] {
  return series.map((each) => {
    const samples = each.values ?? (each.value ? [each.value] : []);
    const { __name__: name, ...labels } = each.metric;
    return {
      refId,
      name,
      meta: { custom: { resultType: each.values ? 'matrix' : 'vector' } },
      length: samples.length,
      fields: [
        field('Time', FieldType.time, samples.map(([seconds]) => seconds * 1000)),
        field('Value', FieldType.number, samples.map(([, text]) => numberOf(text)), labels),
      ],
    };
  });
}
