import { catalogue } from '../../catalogue.gen';

import { panelSubject } from './panel_subject';

const severity = catalogue.FEATURE_DRIFT_SEVERITY.name;
const duration = catalogue.PREDICTION_DURATION.name;

test('a panel of other series is none of ours', () => {
  expect(panelSubject(['up', 'rate(http_requests_total{model_name="x"}[5m])'])).toBeNull();
  expect(panelSubject([])).toBeNull();
});

test('the model and the feature are read from the selector', () => {
  const query = `max by (feature) (${severity}{model_name="flights", feature="distance", window="24h"})`;

  expect(panelSubject([query])).toEqual({ model_name: 'flights', feature: 'distance' });
});

test('buckets and recorded series are ours too', () => {
  expect(panelSubject([`rate(${duration}_bucket{model_name="a"}[5m])`])).toEqual({ model_name: 'a' });
  expect(panelSubject([`model_feature_window:${severity}:max{model_name="a"}`])).toEqual({ model_name: 'a' });
});

test('patterns, empty values and variables that nobody filled choose nothing', () => {
  const query = `${severity}{model_name="$model", model_version=~".*", variant=~"primary|canary", feature=""}`;

  expect(panelSubject([query])).toEqual({});
});

test('a pattern that is one name is that name', () => {
  expect(panelSubject([`${severity}{model_version=~"2013.1"}`])).toEqual({ model_version: '2013.1' });
});

test('queries that disagree choose nothing, and those that are not ours have no say', () => {
  const of = (model: string) => `${severity}{model_name="${model}", variant="primary"}`;

  expect(panelSubject([of('a'), of('b')])).toEqual({ variant: 'primary' });
  expect(panelSubject([of('a'), 'other{model_name="b"}'])).toEqual({ model_name: 'a', variant: 'primary' });
});

test('quotes in a name are kept', () => {
  expect(panelSubject([`${severity}{feature="a \\"b\\""}`])).toEqual({ feature: 'a "b"' });
});
