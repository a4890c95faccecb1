/** Model, Versions: which versions serve, and links to two of them side by side. */

import { SceneFlexItem, SceneFlexLayout, SceneVariableSet, type SceneObject } from '@grafana/scenes';

import { DataView } from '../components/data_view';
import { VersionTableView } from '../components/models/version_table';
import { queries } from '../queries.gen';

import { BY_VERSION, courses } from './courses';
import { asked, fixedVariable } from './frame';

/** Return what the tab holds. */
export function modelVersions(): SceneObject {
  const { changes, rowsByVersion, errorsByVersion, worstByVersion } = queries.model;
  const { pods, loaded, learned, profile } = changes;
  return new SceneFlexLayout({
    direction: 'column',
    // All versions and roles, whichever of them are chosen for the other tabs.
    $variables: new SceneVariableSet({ variables: [fixedVariable('model_version', '.*'), fixedVariable('variant', '.*')] }),
    children: [
      new SceneFlexItem({
        ySizing: 'content',
        body: new DataView({
          view: VersionTableView,
          $data: asked({
            pods, loaded, learned, profile, rows: rowsByVersion, errors: errorsByVersion, worst: worstByVersion,
          }),
        }),
      }),
      new SceneFlexLayout({
        direction: 'row',
        minHeight: 300,
        md: { direction: 'column' },
        children: [
          new SceneFlexItem({
            minHeight: 280,
            body: courses(
              { rows: rowsByVersion },
              {
                title: 'Rows a minute', name: BY_VERSION, unit: 'locale',
                description: 'By version, all pods together: when traffic moved from one to the next.',
              }
            ),
          }),
          new SceneFlexItem({
            minHeight: 280,
            body: courses(
              { worst: worstByVersion },
              {
                title: 'Worst drift', name: BY_VERSION, limit: 1,
                description: 'By version; from 1 on it is drift. All red point to the data, one alone to the version.',
              }
            ),
          }),
        ],
      }),
    ],
  });
}
