import { courseFrame, instantTable } from './example_frames';
import { absentWords, featureRows } from './feature_rows';

const rows = featureRows([
  instantTable('severity', [
    [{ feature: 'seats', window: '1h' }, 0.6],
    [{ feature: 'distance', window: '24h' }, 8.6],
  ]),
  instantTable('excluded', [[{ feature: 'dewp' }, 30]]),
  instantTable('threshold', [[{ feature: 'distance' }, 0.1], [{ feature: 'quiet' }, 0.1]]),
  instantTable('absent', [[{ feature: 'quiet', reason: 'rows' }, 1]]),
  instantTable('missing', [[{ feature: 'seats' }, 3.5], [{ feature: 'distance' }, 0.9]]),
  instantTable('unseen', [[{ feature: 'seats' }, 1.5]]),
  courseFrame('trend', { feature: 'distance' }, [0, 8]),
]);

test('worst first, then what is excluded, then what has no score', () => {
  expect(rows.map(({ feature }) => feature)).toEqual(['distance', 'seats', 'dewp', 'quiet']);
});

test('a feature has its worst window, its course and its threshold', () => {
  expect(rows[0]).toMatchObject({ severity: 8.6, window: '24h', threshold: 0.1, trend: { values: [0, 8] }, problems: [] });
});

test('only what is above its limit is a problem', () => {
  expect(rows[1]?.problems).toEqual([{ kind: 'missing', times: 3.5 }, { kind: 'unseen', times: 1.5 }]);
});

test('a feature without a score says why', () => {
  expect(rows[3]).toMatchObject({ severity: null, absentReason: 'rows', isExcluded: false });
  expect(absentWords('rows')).toBe('not enough rows yet');
  expect(absentWords('of a later version')).toBe('no score');
});

test('without answers there are no features', () => {
  expect(featureRows([])).toEqual([]);
});
