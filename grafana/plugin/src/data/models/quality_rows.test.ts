import { catalogue } from '../../catalogue.gen';

import { instantTable } from './example_frames';
import { qualityRows } from './quality_rows';

const accuracy = { metric: catalogue.ACCURACY.name };
const recall = { metric: catalogue.RECALL.name };

test('the largest loss is first, and what is not known is null', () => {
  const rows = qualityRows([
    instantTable('loss', [[accuracy, 0], [recall, 7.1]]),
    instantTable('now', [[accuracy, 0.92]]),
    instantTable('reference', [[accuracy, 0.9], [recall, 0.35], [{ metric: 'of_a_later_version' }, 1]]),
  ]);

  expect(rows.map(({ title, loss, now, reference }) => [title, loss, now, reference])).toEqual([
    ['Recall', 7.1, null, 0.35],
    ['Accuracy', 0, 0.92, 0.9],
    ['of_a_later_version', null, null, 1],
  ]);
});

test('a series without a metric is none', () => {
  expect(qualityRows([instantTable('loss', [[{ metric: '' }, 3]])])).toEqual([]);
});
