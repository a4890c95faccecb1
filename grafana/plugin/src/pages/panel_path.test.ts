import { dateTime, type PluginExtensionPanelContext } from '@grafana/data';
import { setTemplateSrv } from '@grafana/runtime';

import { catalogue } from '../catalogue.gen';

import { panelPath } from './panel_path';

const severity = catalogue.FEATURE_DRIFT_SEVERITY.name;

beforeEach(() => {
  setTemplateSrv({
    getVariables: () => [],
    replace: (text = '') => text.replace('$model', 'flights'),
    containsTemplate: () => false,
    updateTimeRange: () => undefined,
  });
});

function context(expr: string): PluginExtensionPanelContext {
  return {
    pluginId: 'timeseries',
    id: 1,
    title: 'Drift',
    timeRange: { from: 'now-7d', to: 'now' },
    timeZone: 'browser',
    dashboard: { uid: 'a', title: 'A', tags: [] },
    targets: [Object.assign({ refId: 'A' }, { expr })],
  };
}

test('a panel about a feature leads to that feature, in the time range of the dashboard', () => {
  expect(panelPath(context(`${severity}{model_name="$model", feature="distance"}`))).toBe(
    '/a/mlexporter-app/feature?from=now-7d&to=now&var-model_name=flights&var-feature=distance'
  );
});

test('a panel about a model leads to it, one about all models to all', () => {
  expect(panelPath(context(`${severity}{model_name="$model"}`))).toContain('/model/overview?');
  expect(panelPath(context(severity))).toContain('/models?');
});

test('other panels have no link', () => {
  expect(panelPath(context('up'))).toBeUndefined();
  expect(panelPath(undefined)).toBeUndefined();
});

test('a fixed time is written as one', () => {
  const fixed = { ...context(severity), timeRange: { from: dateTime('2026-01-02T03:04:05Z'), to: 'now' } };

  expect(panelPath(fixed)).toContain('from=2026-01-02T03%3A04%3A05.000Z');
});
