import { FieldType, toDataFrame, type DataFrame } from '@grafana/data';

import { modelRows } from './model_rows';

const LABELS = ['model_name', 'model_version', 'variant'];

/** Return the table that an instant query answers. */
function table(refId: string, rows: Array<[string, string, string, number]>): DataFrame {
  return toDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: rows.map(() => 1) },
      ...LABELS.map((name, place) => ({ name, type: FieldType.string, values: rows.map((row) => row[place]) })),
      { name: `Value #${refId}`, type: FieldType.number, values: rows.map((row) => row[3]) },
    ],
  });
}

const trend = toDataFrame({
  refId: 'trend',
  fields: [
    { name: 'Time', type: FieldType.time, values: [1, 2] },
    {
      name: 'Value',
      type: FieldType.number,
      values: [0.5, 2],
      labels: { model_name: 'flights', model_version: '2', variant: 'canary' },
    },
  ],
});

test('answers are joined on model, version and variant', () => {
  const rows = modelRows([
    table('info', [['flights', '1', 'primary', 1]]),
    table('state', [['flights', '2', 'canary', 10_002], ['flights', '1', 'primary', 0.2]]),
    table('worst', [['flights', '2', 'canary', 2]]),
    trend,
  ]);

  expect(rows.map(({ name, version, variant, state }) => [name, version, variant, state])).toEqual([
    ['flights', '1', 'primary', 'no-alert'],
    ['flights', '2', 'canary', 'page'],
  ]);
  expect(rows[1]?.numbers.worst).toBe(2);
  expect(rows[1]?.trend?.values).toEqual([0.5, 2]);
});

test('what nobody says is null, not 0', () => {
  const [row] = modelRows([table('info', [['flights', '1', 'primary', 1]])]);

  expect(row?.state).toBe('unknown');
  expect(new Set(Object.values(row?.numbers ?? {}))).toEqual(new Set([null]));
  expect(row?.trend).toBeNull();
});

test('a model without any number but one is there', () => {
  expect(modelRows([table('errors', [['prices', '7', 'shadow', 0]])])[0]?.numbers.errors).toBe(0);
});

test('without models there are no rows, whatever else is answered', () => {
  expect(modelRows([])).toEqual([]);
  expect(modelRows([table('worst', [['', '', '', 3]])])).toEqual([]);
});
