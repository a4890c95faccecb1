import { rowsOf } from './example_rows';
import { scoreFinder, type ScoreLabels } from './scores';

const DISTANCE: ScoreLabels = {
  model_name: '',
  model_version: '1',
  variant: 'primary',
  feature: 'distance',
  output: '',
  class: '',
};
const OF_DISTANCE = { model_version: '1', variant: 'primary', feature: 'distance' };

it('finds what the queries answer for a subject, and null for the rest', () => {
  const score = scoreFinder(
    rowsOf({
      severity: [{ labels: OF_DISTANCE, value: 2.5 }],
      rows: [{ labels: OF_DISTANCE, value: 42 }],
      required: [{ labels: { model_version: '1', variant: 'primary' }, value: 100 }],
      absent: [{ labels: { ...OF_DISTANCE, reason: 'rows' }, value: 1 }],
      excluded: [{ labels: OF_DISTANCE, value: 1 }],
    })
  )(DISTANCE);

  expect(score).toEqual({
    severity: 2.5,
    effect: null,
    threshold: null,
    psi: null,
    importance: null,
    rows: 42,
    requiredRows: 100,
    absentReason: 'rows',
    isExcluded: true,
  });
});

it('is unknown for another feature or version', () => {
  const find = scoreFinder(rowsOf({ severity: [{ labels: OF_DISTANCE, value: 2.5 }] }));

  expect(find({ ...DISTANCE, feature: 'carrier' }).severity).toBeNull();
  expect(find({ ...DISTANCE, model_version: '2' }).severity).toBeNull();
});

it('holds for all versions where a query does not tell them apart', () => {
  const find = scoreFinder(rowsOf({ importance: [{ labels: { feature: 'distance' }, value: 0.3 }] }));

  expect(find({ ...DISTANCE, model_version: '2' }).importance).toBe(0.3);
});

it('takes the greatest of several, and no reason that does not hold', () => {
  const find = scoreFinder(
    rowsOf({
      severity: [1, 3, 2].map((value) => ({ labels: OF_DISTANCE, value })),
      absent: [{ labels: { ...OF_DISTANCE, reason: 'rows' }, value: 0 }],
    })
  );

  expect(find(DISTANCE).severity).toBe(3);
  expect(find(DISTANCE).absentReason).toBeNull();
});
