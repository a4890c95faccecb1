import { instantTable } from './example_frames';
import { worstSubject } from './worst_subject';

const feature = instantTable('featureSeverity', [[{ feature: 'distance' }, 8.6], [{ feature: 'seats' }, 0.6]]);

test('the largest of features, outputs and dependence is named', () => {
  expect(worstSubject([feature])).toBe('distance');
  expect(worstSubject([feature, instantTable('joint', [[{ window: '1h' }, 17]])])).toBe('dependence between features');
  expect(worstSubject([feature, instantTable('outputWorst', [[{ output: 'score', class: '' }, 9]])])).toBe('output score');
});

test('nothing is named where nothing is known, or all is 0', () => {
  expect(worstSubject([])).toBe('');
  expect(worstSubject([instantTable('joint', [[{ window: '1h' }, 0]])])).toBe('');
});
