import { linkTo, redirected, pathOf } from './routes';

test('a link keeps the time range and the data source, and nothing else', () => {
  const search = '?from=now-1h&to=now&var-datasource=prom&var-model_name=old&refresh=30s&orgId=1';

  expect(linkTo('models', {}, search)).toBe('/a/mlexporter-app/models?from=now-1h&to=now&refresh=30s&var-datasource=prom');
});

test('a link says what it chooses, whatever the names are', () => {
  expect(linkTo('feature', { model_name: 'a&b=c', feature: 'größe %' })).toBe(
    '/a/mlexporter-app/feature?var-model_name=a%26b%3Dc&var-feature=gr%C3%B6%C3%9Fe+%25'
  );
});

test('what is undefined is left to the page', () => {
  expect(linkTo('modelOverview', { model_name: undefined })).toBe(pathOf('modelOverview'));
});

test('who names no page, or one that is not there, sees all models; of a model its overview', () => {
  expect(redirected('/a/mlexporter-app')).toBe('models');
  expect(redirected('/a/mlexporter-app/nonsense')).toBe('models');
  expect(redirected('/a/mlexporter-app/model/')).toBe('modelOverview');
  expect(redirected('/a/mlexporter-app/model/features')).toBeUndefined();
  expect(redirected('/a/mlexporter-app/setup-check')).toBeUndefined();
});
