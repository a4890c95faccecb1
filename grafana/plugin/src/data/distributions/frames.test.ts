import { FieldType, toDataFrame, type DataFrame } from '@grafana/data';
import fc from 'fast-check';
import { readFrames, ROLES } from './frames';

const table = (refId: string, columns: Record<string, readonly unknown[]>): DataFrame =>
  toDataFrame({
    refId,
    fields: Object.entries(columns).map(([name, values]) => ({
      name,
      type: name === 'Time' ? FieldType.time : name.startsWith('Value') ? FieldType.number : FieldType.string,
      values: [...values],
    })),
  });

const series = (refId: string, labels: Record<string, string>, values: unknown[]): DataFrame =>
  toDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: values.map((_, index) => index) },
      { name: 'Value', type: FieldType.number, labels, values },
    ],
  });

describe('tables', () => {
  it('takes the role from the refId', () => {
    const rows = readFrames([
      table('current', { Time: [1, 1], feature: ['a', 'b'], bin: ['00', '01'], Value: [3, 4.5] }),
    ]);

    expect(rows.current).toEqual([
      { labels: { feature: 'a', bin: '00' }, value: 3 },
      { labels: { feature: 'b', bin: '01' }, value: 4.5 },
    ]);
  });

  it('takes the role from the column where queries were merged', () => {
    const rows = readFrames([
      table('', { feature: ['a', 'b'], 'Value #severity': [2, null], 'Value #importance': [0.5, 0.1] }),
    ]);

    expect(rows.severity).toEqual([{ labels: { feature: 'a' }, value: 2 }]);
    expect(rows.importance).toHaveLength(2);
  });

  it('takes the role from an option', () => {
    const frame = table('A', { feature: ['a'], bin: ['00'], Value: [1] });

    expect(readFrames([frame], { A: 'expected' }).expected).toHaveLength(1);
    expect(readFrames([frame]).current).toHaveLength(1);
  });

  it.each([
    ['reference', { feature: ['a'], bin: ['00'], range: ['any'] }],
    ['current', { feature: ['a'], bin: ['00'] }],
    ['absent', { feature: ['a'], reason: ['rows'] }],
    ['severity', { output: ['score'] }],
  ] as const)('takes the role %s from the labels else', (role, labels: Record<string, readonly string[]>) => {
    expect(readFrames([table('A', { ...labels, Value: [1] })])[role]).toHaveLength(1);
  });

  it('knows scores of two versions by their endings, and their counts as roles', () => {
    const rows = readFrames([
      table('severity_b', { feature: ['a'], Value: [1] }),
      table('current_b', { feature: ['a'], bin: ['00'], Value: [1] }),
    ]);

    expect(rows.severity).toHaveLength(1);
    expect(rows.current_b).toHaveLength(1);
  });

  it('reads numbers from texts and leaves out what is no number', () => {
    const values = ['1.5', '', 'x', null, undefined, NaN, Infinity, '7'];
    const rows = readFrames([
      table('severity', { variant: values.map(String), feature: values.map(() => 'a'), Value: values }),
    ]);

    expect(rows.severity.map(({ value }) => value)).toEqual([1.5, 7]);
  });

  it('takes the last time of each series of a range query', () => {
    const rows = readFrames([
      table('current', {
        Time: [1, 2, 2, 1],
        feature: ['a', 'a', 'b', 'b'],
        bin: ['00', '00', '00', '00'],
        Value: [1, 2, 3, 4],
      }),
    ]);

    expect(rows.current.map(({ labels, value }) => [labels.feature, value])).toEqual([
      ['a', 2],
      ['b', 3],
    ]);
  });

  it('reads a column of a label that a database gives as numbers', () => {
    const frame = toDataFrame({
      refId: 'current',
      fields: [
        { name: 'feature', type: FieldType.string, values: ['a'] },
        { name: 'bin', type: FieldType.number, values: [3] },
        { name: 'rows', type: FieldType.number, values: [12] },
      ],
    });

    expect(readFrames([frame]).current).toEqual([{ labels: { feature: 'a', bin: '3' }, value: 12 }]);
  });

  it('takes the role from columns of one table with several', () => {
    const frame = toDataFrame({
      refId: 'A',
      fields: [
        { name: 'feature', type: FieldType.string, values: ['a'] },
        { name: 'bin', type: FieldType.string, values: ['00'] },
        { name: 'reference', type: FieldType.number, values: [12] },
        { name: 'current', type: FieldType.number, values: [3] },
      ],
    });
    const rows = readFrames([frame]);

    expect([rows.reference[0]?.value, rows.current[0]?.value]).toEqual([12, 3]);
  });
});

describe('series', () => {
  it('takes the last value that is not null', () => {
    const labels = { feature: 'a', bin: '00' };

    expect(readFrames([series('current', labels, [1, 2, null])]).current).toEqual([{ labels, value: 2 }]);
    expect(readFrames([series('severity', labels, [1, NaN])]).severity).toEqual([]);
    expect(readFrames([series('current', labels, [1, NaN])]).current).toEqual([{ labels, value: NaN }]);
    expect(readFrames([series('current', labels, [])]).current).toEqual([]);
  });

  it('reads several frames of one refId', () => {
    const frames = ['00', '01', '02'].map((bin) => series('current', { feature: 'a', bin }, [1]));

    expect(readFrames(frames).current.map(({ labels }) => labels.bin)).toEqual(['00', '01', '02']);
  });
});

it('reads nothing from frames that are empty or about something else', () => {
  const rows = readFrames([toDataFrame({ fields: [] }), table('A', { host: ['x'], Value: [1] }), series('B', {}, [1])]);

  expect(ROLES.flatMap((role) => rows[role])).toEqual([]);
});

it('has only finite values, whatever comes, but where a count is no number', () => {
  const anything = fc.oneof(fc.double(), fc.string(), fc.constantFrom(null, undefined, true, {}));
  fc.assert(
    fc.property(fc.array(anything), fc.constantFrom(...ROLES, 'A'), (values, refId) => {
      const columns = { feature: values.map(() => 'a'), bin: values.map(String), Value: values };
      const { reference, current, expected, current_a, current_b, reference_a, reference_b, ...scores } = readFrames([table(refId, columns)]);

      expect(Object.values(scores).flat().every(({ value }) => Number.isFinite(value))).toBe(true);
      expect([reference, current, expected, current_a, current_b, reference_a, reference_b].flat().every(({ value }) => Math.abs(value) !== Infinity)).toBe(true);
    })
  );
});
