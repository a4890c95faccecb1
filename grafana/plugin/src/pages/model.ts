/** Model: all about one model, in tabs with the same variables and time range. */

import { EmbeddedScene, SceneAppPage, sceneGraph, type SceneObject } from '@grafana/scenes';

import { chosenValue } from './chosen';
import { pageControls, timeRange, variables } from './frame';
import { modelFeatures } from './model_features';
import { modelOverview } from './model_overview';
import { modelPredictions } from './model_predictions';
import { modelQuality } from './model_quality';
import { modelVersions } from './model_versions';
import { ROUTES, pathOf, type PageName } from './routes';

interface Tab {
  readonly title: string;
  readonly page: PageName;
  readonly body: () => SceneObject;
}

const TABS: readonly Tab[] = [
  { title: 'Overview', page: 'modelOverview', body: modelOverview },
  { title: 'Features', page: 'modelFeatures', body: modelFeatures },
  { title: 'Predictions', page: 'modelPredictions', body: modelPredictions },
  { title: 'Quality', page: 'modelQuality', body: modelQuality },
  { title: 'Versions', page: 'modelVersions', body: modelVersions },
];

/** Return the page about one model; without a model in the address it is the one that drifts most. */
export function modelPage(): SceneAppPage {
  const page: SceneAppPage = new SceneAppPage({
    title: NAMELESS,
    url: pathOf('model'),
    routePath: `${ROUTES.model}/*`,
    preserveUrlKeys: KEPT,
    tabs: TABS.map(
      ({ title, page: name, body }) =>
        new SceneAppPage({
          title,
          url: pathOf(name),
          routePath: `${ROUTES[name].split('/').pop() ?? ''}/*`,
          preserveUrlKeys: KEPT,
          getScene: () => tabScene(page, body()),
        })
    ),
  });
  return page;
}

const NAMELESS = 'Model';

/** What goes along from tab to tab. A click on a feature leaves its name in the address: that does not. */
const KEPT = [
  'from', 'to', 'timezone', 'refresh', 'var-datasource', 'var-model_name', 'var-model_version', 'var-variant', 'var-window',
];

/**
 * Each tab has variables of its own, and the address carries what they are from one to the next: variables of the page
 * itself would be in the app at the same time as those of other pages, and scenes then numbers them in the address.
 */
function tabScene(page: SceneAppPage, body: SceneObject): EmbeddedScene {
  const scene = new EmbeddedScene({
    $timeRange: timeRange(),
    $variables: variables('model_name', 'model_version', 'variant', 'window', 'counts'),
    controls: pageControls(),
    body,
  });
  scene.addActivationHandler(() => nameAfterModel(page, scene));
  return scene;
}

/** The title follows the model that is chosen. */
function nameAfterModel(page: SceneAppPage, scene: SceneObject): () => void {
  const show = () => {
    const title = chosenValue(scene, 'model_name') ?? NAMELESS;
    if (title !== page.state.title) {
      page.setState({ title });
    }
  };
  show();
  const subscription = sceneGraph.lookupVariable('model_name', scene)?.subscribeToState(show);
  return () => subscription?.unsubscribe();
}
