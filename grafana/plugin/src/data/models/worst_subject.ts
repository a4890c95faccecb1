/** What the worst drift of a model is the drift of. */

import type { DataFrame } from '@grafana/data';

import { labelledValues, type LabelledValue } from './labelled_values';

/**
 * Return what drifts most, in words: `distance`, `output score`, `dependence between features`; empty where nothing is known.
 *
 * @param series - Answers of `featureSeverity`, `outputWorst` and `joint`.
 */
export function worstSubject(series: readonly DataFrame[]): string {
  const found = [
    ...told(series, 'featureSeverity', ({ labels }) => labels['feature'] ?? ''),
    ...told(series, 'outputWorst', ({ labels }) => `output ${labels['output'] ?? ''} ${labels['class'] ?? ''}`.trimEnd()),
    ...told(series, 'joint', () => 'dependence between features'),
  ];
  return found.reduce((worst, each) => (each.severity > worst.severity ? each : worst), { severity: 0, words: '' }).words;
}

function told(series: readonly DataFrame[], refId: string, wordsOf: (each: LabelledValue) => string) {
  return labelledValues(series, refId).map((each) => ({ severity: each.value, words: wordsOf(each) }));
}
