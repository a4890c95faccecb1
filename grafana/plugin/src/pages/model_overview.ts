/** Model, Overview: is it OK, which features are not, what fires, and how the service does. */

import { SceneFlexItem, SceneFlexLayout, type SceneObject } from '@grafana/scenes';

import { DataView } from '../components/data_view';
import { AlertListView } from '../components/models/alert_list';
import { FeatureListView } from '../components/models/feature_list';
import { ModelNumbersView } from '../components/models/model_numbers';
import { queries } from '../queries.gen';

import { BY_VERSION, courses, type CourseLook } from './courses';
import { asked, type NamedQueries } from './frame';

/** Return what the tab holds. */
export function modelOverview(): SceneObject {
  const { model } = queries;
  return new SceneFlexLayout({
    direction: 'column',
    children: [
      new SceneFlexItem({ ySizing: 'content', body: numbers() }),
      new SceneFlexLayout({
        direction: 'row',
        ySizing: 'content',
        children: [
          new SceneFlexItem({ ySizing: 'content', minWidth: 0, body: features() }),
          new SceneFlexItem({ ySizing: 'content', width: 420, md: { width: '100%' }, body: alerts() }),
        ],
        md: { direction: 'column' },
      }),
      new SceneFlexLayout({
        direction: 'row',
        height: 260,
        md: { direction: 'column', height: 780 },
        children: [
          chart(
            { rows: model.rowsByVersion },
            { title: 'Rows a minute', description: 'By version, all pods together.', name: BY_VERSION, unit: 'locale' }
          ),
          chart(
            { errors: model.errorsByVersion },
            { title: 'Errors', description: 'The share of calls that raise, by version.', name: BY_VERSION, unit: 'percentunit' }
          ),
          chart(
            { p50: model.latency50, p95: model.latency95, p99: model.latency99, limit: model.latencyLimit },
            {
              title: 'Latency', description: 'Of calls that returned or raised, all pods together.', unit: 's',
              names: { p50: 'p50', p95: 'p95', p99: 'p99', limit: 'limit' }, dashed: ['limit'],
            }
          ),
        ],
      }),
    ],
  });
}

function chart(asking: NamedQueries, look: CourseLook): SceneFlexItem {
  return new SceneFlexItem({ minHeight: 240, body: courses(asking, look) });
}

function numbers(): SceneObject {
  const { worst, drifted, dataProblems, qualityLoss, rows, errors, budgetLeft, latency, latencyOfLimit } = queries.model;
  const { outputWorst, joint } = queries.model;
  const featureSeverity = queries.model.features.severity;
  return new DataView({
    view: ModelNumbersView,
    $data: asked(
      {
        worst, drifted, dataProblems, qualityLoss, rows, errors, budgetLeft, latency, latencyOfLimit,
        featureSeverity, outputWorst, joint,
      },
      {
        worstOverTime: worst, qualityLossOverTime: qualityLoss, rowsOverTime: rows, errorsOverTime: errors,
        latencyOverTime: latency,
      }
    ),
  });
}

function features(): SceneObject {
  const { severity, excluded, effect, threshold, absent, trend } = queries.model.features;
  const { missing, invalid, outOfRange, unseen, otherType } = queries.model.data;
  return new DataView({
    view: FeatureListView,
    $data: asked(
      { severity, excluded, effect, threshold, absent, missing, invalid, outOfRange, unseen, otherType },
      { trend }
    ),
  });
}

function alerts(): SceneObject {
  const { rulesLoaded } = queries.models;
  return new DataView({ view: AlertListView, $data: asked({ ...queries.model.firing, rulesLoaded }) });
}
