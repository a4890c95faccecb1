import { alertRows } from './alert_rows';
import { instantTable } from './example_frames';

const drift = { alertname: 'FeatureDrift', model_version: '2', variant: 'canary', feature: 'distance' };
const slow = { alertname: 'Slow', model_version: '2', variant: 'primary' };
const old = { alertname: 'ProfileOld', model_version: '1', variant: 'primary' };

test('pages come first, then tickets, the newest of them first', () => {
  const rows = alertRows([
    instantTable('severity', [[old, 1], [drift, 2], [{ ...drift, feature: 'seats' }, 2], [slow, 3]]),
    instantTable('lasting', [[drift, 3600], [{ ...drift, feature: 'seats' }, 60], [slow, 7200]]),
  ]);

  expect(rows.map(({ alert, severity, subject }) => [alert, severity, subject])).toEqual([
    ['Slow', 'page', ''],
    ['FeatureDrift', 'ticket', 'feature seats'],
    ['FeatureDrift', 'ticket', 'feature distance'],
    ['ProfileOld', 'note', ''],
  ]);
  expect(rows.map(({ lasting }) => lasting)).toEqual([7200, 60, 3600, null]);
});

test('alerts whose time nobody knows stay in the order that they came in', () => {
  const rows = alertRows([instantTable('severity', [[drift, 2], [{ ...drift, feature: 'a' }, 2]])]);

  expect(rows.map(({ feature }) => feature)).toEqual(['distance', 'a']);
});

test('an alert on an output names it and its class', () => {
  const [row] = alertRows([instantTable('severity', [[{ alertname: 'PredictionDrift', output: 'score', class: 'late' }, 2]])]);

  expect(row?.subject).toBe('output score, class late');
});
