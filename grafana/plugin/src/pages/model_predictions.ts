/** Model, Predictions: what the model answers now over what it answered in training. */

import { SceneFlexItem, SceneFlexLayout, type SceneObject } from '@grafana/scenes';

import { queries } from '../queries.gen';

import { comparePanel } from './compare_panel';
import { courses } from './courses';

/** Return what the tab holds. */
export function modelPredictions(): SceneObject {
  return new SceneFlexLayout({
    direction: 'column',
    children: [
      new SceneFlexItem({
        minHeight: 380,
        body: comparePanel({
          title: 'Predictions, worst first',
          description:
            'Answers of the window (bars) over those for the training data (outline). Predictions that move while no feature ' +
            'does point to the model, or to features that are not watched.',
          queries: queries.compareOutputs,
          options: { variable: '' },
        }),
      }),
      new SceneFlexItem({
        minHeight: 260,
        body: courses(
          { drift: queries.model.outputDrift },
          {
            title: 'Drift of predictions', description: 'Severity by output and window; from 1 on it is drift.', limit: 1,
            name: '${__field.labels.output} ${__field.labels.class} ${__field.labels.window}',
          }
        ),
      }),
    ],
  });
}
