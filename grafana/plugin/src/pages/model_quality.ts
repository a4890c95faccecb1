/** Model, Quality: how good its answers are, estimated without labels. */

import { SceneFlexItem, SceneFlexLayout, type SceneObject } from '@grafana/scenes';

import { DataView } from '../components/data_view';
import { QualityTableView } from '../components/models/quality_table';
import { queries } from '../queries.gen';

import { courses } from './courses';
import { asked } from './frame';

/** Return what the tab holds. */
export function modelQuality(): SceneObject {
  const { qualities, qualityLoss } = queries.model;
  const { loss, now, lower, upper, reference } = qualities;
  return new SceneFlexLayout({
    direction: 'column',
    children: [
      new SceneFlexItem({
        ySizing: 'content',
        body: new DataView({ view: QualityTableView, $data: asked({ loss, now, lower, upper, reference }) }),
      }),
      new SceneFlexLayout({
        direction: 'row',
        minHeight: 320,
        md: { direction: 'column' },
        children: [
          new SceneFlexItem({ minHeight: 300, body: estimate() }),
          new SceneFlexItem({
            minHeight: 300,
            body: courses(
              { loss: qualityLoss },
              {
                title: 'Quality loss', names: { loss: 'loss' }, limit: 1,
                description: 'How far quality is below its reference for sure, in tolerances; from 1 on it is an alert.',
              }
            ),
          }),
        ],
      }),
    ],
  });
}

function estimate(): SceneObject {
  const { value, lower, upper, reference, alert } = queries.model.quality;
  return courses(
    { value, lower, upper, reference, alert },
    {
      title: 'Estimated quality',
      description: 'With the ends of its 95 % band, its reference, and where the alert is. The worst pod and version chosen.',
      names: { value: 'estimate', lower: 'lower end', upper: 'upper end', reference: 'reference', alert: 'alert' },
      dashed: ['reference', 'alert'],
    }
  );
}
