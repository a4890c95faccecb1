import { AppPlugin, PluginExtensionPoints, type PluginExtensionPanelContext } from '@grafana/data';
import { LoadingPlaceholder } from '@grafana/ui';
import React, { Suspense, lazy } from 'react';

import { panelPath } from './pages/panel_path';
import { APP_ID, pathOf } from './pages/routes';

// Grafana loads this file at its start, for the link; the pages come when somebody opens one.
const App = lazy(async () => {
  const [{ App: Pages }, { initPluginTranslations }] = await Promise.all([import('./pages/app'), import('@grafana/i18n')]);
  // Scenes looks up its texts: it has to know where, even though ours are in one language.
  await initPluginTranslations(APP_ID);
  return { default: Pages };
});

function RootPage() {
  return (
    <Suspense fallback={<LoadingPlaceholder text="" />}>
      <App />
    </Suspense>
  );
}

// The same words as in plugin.json: Grafana compares them.
export const plugin = new AppPlugin().setRootPage(RootPage).addLink<PluginExtensionPanelContext>({
  targets: PluginExtensionPoints.DashboardPanelMenu,
  title: 'Open in mlexporter',
  description: 'What changed in the model or feature that this panel shows',
  // Grafana takes no link without a path; where it leads is said by `configure`, panel by panel.
  path: pathOf('models'),
  configure: (context) => {
    const path = panelPath(context);
    return path === undefined ? undefined : { path };
  },
});
