/** The qualities of one model, worst first: what `queries.model.qualities` answers. */

import type { DataFrame } from '@grafana/data';

import { catalogue } from '../../catalogue.gen';

import { labelledValues } from './labelled_values';

/** One estimated quality; numbers are null where they are not known. */
export interface QualityRow {
  /** The metric's name, as the label `metric` says it. */
  readonly metric: string;
  /** What people call it. */
  readonly title: string;
  /** How far the end of the band that speaks for the model is below the reference, in tolerances; 1 is the alert. */
  readonly loss: number | null;
  readonly now: number | null;
  /** Ends of the 95 % band. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** What it was on held-out rows. */
  readonly reference: number | null;
}

const TITLES: ReadonlyMap<string, string> = new Map([
  [catalogue.ACCURACY.name, 'Accuracy'],
  [catalogue.PRECISION.name, 'Precision'],
  [catalogue.RECALL.name, 'Recall'],
  [catalogue.F1.name, 'F1'],
  [catalogue.ROC_AUC.name, 'Area under the ROC curve'],
  [catalogue.MEAN_ABSOLUTE_ERROR.name, 'Mean absolute error'],
  [catalogue.ROOT_MEAN_SQUARED_ERROR.name, 'Root mean squared error'],
]);

/** Return the qualities that any query knows of: the largest loss first, those without a loss after. */
export function qualityRows(series: readonly DataFrame[]): QualityRow[] {
  const by = (refId: string) =>
    new Map(labelledValues(series, refId).map(({ labels, value }) => [labels['metric'] ?? '', value]));
  const [loss, now, lower, upper, reference] = [by('loss'), by('now'), by('lower'), by('upper'), by('reference')];
  const metrics = new Set([loss, now, lower, upper, reference].flatMap((found) => [...found.keys()]));
  metrics.delete('');
  return [...metrics]
    .map((metric) => ({
      metric,
      title: TITLES.get(metric) ?? metric,
      loss: loss.get(metric) ?? null,
      now: now.get(metric) ?? null,
      lower: lower.get(metric) ?? null,
      upper: upper.get(metric) ?? null,
      reference: reference.get(metric) ?? null,
    }))
    .sort((one, other) => (other.loss ?? -1) - (one.loss ?? -1) || one.title.localeCompare(other.title));
}
