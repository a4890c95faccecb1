/** The page that finds what is missing, and gives the fix to copy. */

import { EmbeddedScene, SceneAppPage, SceneFlexItem, SceneFlexLayout } from '@grafana/scenes';

import { DataView } from '../components/data_view';
import { OPTIONAL_PARTS } from '../components/setup/optional_parts';
import { SetupCheckView } from '../components/setup/setup_check_view';
import { queries } from '../queries.gen';

import { asked, pageControls, timeRange, variables, type NamedQueries } from './frame';
import { ROUTES, pathOf } from './routes';

/** Return the page *Setup check*. */
export function setupCheckPage(): SceneAppPage {
  return new SceneAppPage({
    title: 'Setup check',
    subTitle: 'What this app, the dashboards and the alerts need, and what of it is missing.',
    url: pathOf('setupCheck'),
    routePath: `${ROUTES.setupCheck}/*`,
    getScene: setupCheckScene,
  });
}

/** Return what is on the page. */
function setupCheckScene(): EmbeddedScene {
  return new EmbeddedScene({
    $timeRange: timeRange('now-1h'),
    $variables: variables(),
    $data: asked(questions()),
    controls: pageControls(),
    body: new SceneFlexLayout({
      direction: 'column',
      children: [new SceneFlexItem({ body: new DataView({ view: SetupCheckView }) })],
    }),
  });
}

/** Return the queries of the page, without the selector of exemplars: asked as a query it would read every bucket. */
function questions(): NamedQueries {
  const { facts } = queries.setup;
  const asQueries = Object.entries(facts).filter(([name]) => name !== 'exemplarSource');
  const options = OPTIONAL_PARTS.map(({ ref, query }) => [ref, query] as const);
  return Object.fromEntries<string>([...asQueries, ...options]);
}
