/** Models: one row a model, version and variant, the one that needs somebody most on top. */

import { EmbeddedScene, SceneAppPage, SceneFlexItem, SceneFlexLayout } from '@grafana/scenes';

import { DataView } from '../components/data_view';
import { ModelsView } from '../components/models/models_view';
import { queries } from '../queries.gen';

import { asked, pageControls, timeRange, variables } from './frame';
import { pathOf, ROUTES } from './routes';

/** Return the start page of the app. */
export function modelsPage(): SceneAppPage {
  return new SceneAppPage({
    title: 'Models',
    subTitle: 'One row a model, version and variant: the one that needs somebody most is on top.',
    url: pathOf('models'),
    routePath: `${ROUTES.models}/*`,
    getScene: modelsScene,
  });
}

function modelsScene(): EmbeddedScene {
  const { state, alerts, worst, drifted, data, rows, errors, burn, latency, quality, profile, info, trend } = queries.models;
  const now = { state, alerts, worst, drifted, data, rows, errors, burn, latency, quality, profile, info };
  return new EmbeddedScene({
    $timeRange: timeRange(),
    $variables: variables(),
    $data: asked(now, { trend }),
    controls: pageControls(),
    body: new SceneFlexLayout({
      direction: 'column',
      children: [new SceneFlexItem({ ySizing: 'content', body: new DataView({ view: ModelsView }) })],
    }),
  });
}
