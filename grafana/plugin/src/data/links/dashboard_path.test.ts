import { dashboardPath } from './dashboard_path';

test('a link to a dashboard carries the time range and the choices that both have, and nothing else', () => {
  const search = '?from=now-6h&to=now&refresh=1m&var-model_name=late%20arrival&var-model_version=1&var-model_version=2&var-counts=none';
  expect(dashboardPath('a-feature', ['model_name', 'model_version', 'window'], search)).toBe(
    '/d/a-feature?from=now-6h&to=now&var-model_name=late+arrival&var-model_version=1&var-model_version=2'
  );
  expect(dashboardPath('a-feature', ['model_name'], '')).toBe('/d/a-feature');
});
