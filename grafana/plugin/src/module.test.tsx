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
