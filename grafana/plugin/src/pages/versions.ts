/** Versions: is the new one as good as the old one? Two versions of a model, side by side. */

import { EmbeddedScene, SceneAppPage, SceneFlexItem, SceneFlexLayout, type QueryVariable, type VizPanel } from '@grafana/scenes';

import { DataView } from '../components/data_view';
import { VersionsView } from '../components/versions/versions_view';
import { queries } from '../queries.gen';

import { comparePanel } from './compare_panel';
import { BY_VERSION, courses } from './courses';
import { asked, askedVariable, fixedVariable, pageControls, timeRange, variables } from './frame';
import { ROUTES, pathOf } from './routes';
import { shownWhen } from './shown_when';

/** Return the page *Versions*. */
export function versionsPage(): SceneAppPage {
  return new SceneAppPage({
    title: 'Versions',
    subTitle: 'Is the new one as good as the old one? Two versions of a model, side by side.',
    url: pathOf('versions'),
    routePath: `${ROUTES.versions}/*`,
    getScene: versionsScene,
  });
}

/** Return what is on the page. */
function versionsScene(): EmbeddedScene {
  const parts = [
    new SceneFlexItem({ minHeight: 620, body: distributions() }),
    new SceneFlexLayout({
      direction: 'row',
      children: [
        new SceneFlexItem({ minHeight: 280, body: errorsCourse() }),
        new SceneFlexItem({ minHeight: 280, body: driftCourse() }),
      ],
    }),
  ];
  return new EmbeddedScene({
    // One version has nothing to stand beside.
    $behaviors: [shownWhen('version_b', ({ options }) => options.length > 1, parts)],
    $timeRange: timeRange(),
    $variables: variables(
      'model_name',
      // Queries of all versions: the two are picked from their answers.
      fixedVariable('model_version', '.*'),
      'variant',
      'window',
      'counts',
      versionA(),
      'version_b'
    ),
    $data: asked(queries.versions.numbers),
    controls: pageControls(),
    body: new SceneFlexLayout({
      direction: 'column',
      children: [
        new SceneFlexItem({ ySizing: 'content', body: new DataView({ view: VersionsView }) }),
        ...parts,
      ],
    }),
  });
}

/** Return the choice of the version to compare with: from the same list as B, so that both begin with the newest. */
function versionA(): QueryVariable {
  const variable = askedVariable('version_b');
  variable.setState({ name: 'version_a', label: queries.variables.version_a.label });
  return variable;
}

function distributions(): VizPanel {
  const { reference_a, current_a, reference_b, current_b, importance_b, excluded_b } = queries.versions;
  return comparePanel({
    title: 'Rows of version $version_b (blue) beside those of version $version_a (outline)',
    description: 'Each feature in the chosen window as the two versions see it. Where both count in the same bins, the badge is the PSI between them. Two versions that are sent other rows differ here and may both be well.',
    queries: { reference_a, current_a, reference_b, current_b, importance: importance_b, excluded: excluded_b },
    options: { variable: '' },
  });
}

function errorsCourse(): VizPanel {
  return courses(
    { errors: queries.model.errorsByVersion },
    {
      title: 'Errors by version',
      description: 'Share of the calls that raised, a line a version and variant.',
      name: BY_VERSION,
      unit: 'percentunit',
    }
  );
}

function driftCourse(): VizPanel {
  return courses(
    { worst: queries.model.worstByVersion },
    {
      title: 'Worst drift by version',
      description: 'Largest severity of any feature or output, a line a version and variant. Above the dashed line at 1 something has drifted. All lines together: the data changed, not the version.',
      name: BY_VERSION,
      limit: 1,
    }
  );
}
