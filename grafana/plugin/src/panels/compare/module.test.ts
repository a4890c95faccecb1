import { standardEditorsRegistry, standardFieldConfigEditorRegistry } from '@grafana/data';

import { DEFAULT_OPTIONS } from '../../components/compare/compare_options';
import description from './plugin.json';

beforeAll(() => {
  const editors = ['number', 'slider', 'text', 'boolean', 'select', 'radio', 'color', 'unit'].map((id) => ({ id, name: id, editor: () => null }));
  standardEditorsRegistry.setInit(() => editors);
  standardFieldConfigEditorRegistry.setInit(() => []);
});

it('has the defaults that dashboards leave out', async () => {
  const { plugin } = await import('./module');

  expect(plugin.defaults).toEqual(DEFAULT_OPTIONS);
});

it('asks for data, and runs where the app runs', () => {
  expect(description).toMatchObject({ type: 'panel', id: 'mlexporter-compare-panel', dependencies: { grafanaDependency: '>=11.6.0' } });
  expect(description).not.toHaveProperty('skipDataQuery');
});
