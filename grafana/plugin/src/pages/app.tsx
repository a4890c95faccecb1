import { SceneApp, useSceneApp } from '@grafana/scenes';
import React from 'react';
import { Navigate, useLocation } from 'react-router-dom';

import { featurePage } from './feature';
import { modelPage } from './model';
import { modelsPage } from './models';
import { APP_ID, pathOf, redirected } from './routes';
import { setupCheckPage } from './setup_check';
import { versionsPage } from './versions';

/** The app: every page. */
export function App() {
  const app = useSceneApp(createApp);
  const { pathname, search } = useLocation();
  const page = redirected(pathname);
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
