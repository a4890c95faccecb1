import { SceneApp, useSceneApp } from '@grafana/scenes';
import React from 'react';
import { Navigate, useLocation } from 'react-router-dom';

import { featurePage } from './feature';
import { modelPage } from './model';
import { modelsPage } from './models';
import { APP_ID, pathOf, type PageName } from './routes';
import { setupCheckPage } from './setup_check';
import { versionsPage } from './versions';

/** Where who comes without saying which page, or which tab, is led. */
const STARTS: ReadonlyMap<string, PageName> = new Map([
  [`/a/${APP_ID}`, 'models'],
  [pathOf('model'), 'modelOverview'],
]);

/** The app: every page. */
export function App() {
  const app = useSceneApp(createApp);
  const { pathname, search } = useLocation();
  const page = STARTS.get(pathname.replace(/\/$/, ''));
  if (page !== undefined) {
    return <Navigate to={`${pathOf(page)}${search}`} replace />;
  }
  return <app.Component model={app} />;
}

function createApp(): SceneApp {
  return new SceneApp({
    name: APP_ID,
    pages: [modelsPage(), modelPage(), featurePage(), versionsPage(), setupCheckPage()],
    // A link that somebody copies from the address bar says everything, and the back button undoes a choice.
    urlSyncOptions: { updateUrlOnInit: true, createBrowserHistorySteps: true },
  });
}
