import description from './plugin.json';

import { plugin } from './module';

test('the link in the menus of panels is the one that plugin.json promises', () => {
  const links = plugin.addedLinkConfigs.map(({ targets, title, description: said }) => ({
    targets: [targets].flat(),
    title,
    description: said,
  }));

  expect(links).toEqual(description.extensions.addedLinks);
});

test('there is a page', () => {
  expect(plugin.root).toBeDefined();
});

test('the link has a path from the start: Grafana refuses one that only configure tells', () => {
  expect(plugin.addedLinkConfigs.map(({ path }) => path)).toEqual(['/a/mlexporter-app/models']);
});
