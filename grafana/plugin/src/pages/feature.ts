/** Feature: what happened to it? Its values now and in training, how far and since when it has drifted. */

import { EmbeddedScene, SceneAppPage, SceneFlexItem, SceneFlexLayout, type VizPanel } from '@grafana/scenes';

import { FeatureNumbers } from '../components/feature/feature_numbers';
import { FeatureTables } from '../components/feature/feature_tables';
import { DataView } from '../components/data_view';
import { BAD_KINDS, KIND_WORDS, LIMIT_REF, riseRef } from '../data/feature/bad_values';
import { EACH_REF, WINDOW_REFS } from '../data/feature/windows';
import { queries } from '../queries.gen';

import { comparePanel } from './compare_panel';
import { courses } from './courses';
import { asked, pageControls, timeRange, variables, type NamedQueries } from './frame';
import { ROUTES, pathOf } from './routes';
import { shownWhen } from './shown_when';

/** Return the page *Feature*. */
export function featurePage(): SceneAppPage {
  return new SceneAppPage({
    title: 'Feature',
    subTitle: 'What happened to this feature? Its values now and in training, how far and since when it has drifted.',
    url: pathOf('feature'),
    routePath: `${ROUTES.feature}/*`,
    getScene: featureScene,
  });
}

/** Return what is on the page. */
function featureScene(): EmbeddedScene {
  const parts = [
    new SceneFlexItem({ minHeight: 420, body: distribution() }),
    new SceneFlexItem({ ySizing: 'content', body: new DataView({ view: FeatureTables }) }),
    new SceneFlexLayout({
      direction: 'row',
      children: [
        new SceneFlexItem({ minHeight: 300, body: severityCourse() }),
        new SceneFlexItem({ minHeight: 300, body: badValuesCourse() }),
      ],
    }),
  ];
  return new EmbeddedScene({
    $behaviors: [shownWhen('feature', ({ value }) => value !== '', parts)],
    $timeRange: timeRange(),
    $variables: variables('model_name', 'model_version', 'variant', 'window', 'counts', 'feature'),
    $data: asked(numbersAsked()),
    controls: pageControls(),
    body: new SceneFlexLayout({
      direction: 'column',
      children: [
        new SceneFlexItem({ ySizing: 'content', body: new DataView({ view: FeatureNumbers }) }),
        ...parts,
      ],
    }),
  });
}

function numbersAsked(): NamedQueries {
  const { windows, rises, threshold, driftedFor, alerts, missingReference, invalidReference } = queries.feature;
  return {
    ...Object.fromEntries(Object.entries(WINDOW_REFS).map(([name, ref]) => [ref, textOf(windows, name)])),
    ...Object.fromEntries(BAD_KINDS.flatMap((kind) => [[kind, queries.feature[kind]], [riseRef(kind), rises[kind]]])),
    [LIMIT_REF]: rises.limit,
    threshold, driftedFor, alerts, missingReference, invalidReference,
    [EACH_REF]: queries.compareFeature.threshold,
  };
}

function textOf(named: NamedQueries, name: string): string {
  return named[name] ?? '';
}

function distribution(): VizPanel {
  return comparePanel({
    title: 'Values of $feature in $window',
    description: 'Its distribution in the chosen window (blue) beside that of training (outline), or what the hours and segments of these rows let expect.',
    queries: queries.compareFeature,
    // There is one feature here: nothing to search, and a click leads nowhere. Each version has a profile and bins of its own.
    options: { variable: '', showSearch: false, facet: 'version' },
  });
}

function severityCourse(): VizPanel {
  return courses(
    { severity: queries.feature.severity },
    {
      title: 'Drift severity by window',
      description: 'Multiples of the threshold, a line a window. Above the dashed line at 1 it has drifted. A short window that rises alone is fresh, a long one alone is slow.',
      name: '${__field.labels.window}',
      limit: 1,
    }
  );
}

function badValuesCourse(): VizPanel {
  const shown = Object.fromEntries(BAD_KINDS.map((kind) => [kind, queries.feature[kind]]));
  const { missingReference, invalidReference } = queries.feature;
  return courses(
    { ...shown, missingReference, invalidReference },
    {
      title: 'Missing and wrong values',
      description: 'Shares of all rows, over time; dashed: what training had.',
      names: {
        ...Object.fromEntries(BAD_KINDS.map((kind) => [kind, KIND_WORDS[kind].title])),
        missingReference: 'missing in training',
        invalidReference: 'invalid in training',
      },
      dashed: ['missingReference', 'invalidReference'],
      unit: 'percentunit',
    }
  );
}
