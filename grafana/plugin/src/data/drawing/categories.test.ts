import { apartBands, placeBands, shapeBands } from './categories';
import { binsOf } from './example_bins';

const CARRIERS = binsOf('AA', 'Delta Air Lines', 'United', 'other', 'unseen', 'missing', 'invalid');
const STRETCH = { left: 0, width: 500 };

it('has bands for what has a shape, and others for what stands apart', () => {
  expect(shapeBands(CARRIERS, CARRIERS).map(({ bin }) => bin.range)).toEqual([
    'AA',
    'Delta Air Lines',
    'United',
    'other',
    'unseen',
  ]);
  expect(apartBands(CARRIERS, CARRIERS).map(({ bin }) => bin.range)).toEqual(['missing', 'invalid']);
  expect(shapeBands(binsOf('any', 'missing'), null).map(({ bin }) => bin.kind)).toEqual(['any']);
});

it('places bands side by side with room between them', () => {
  const placed = placeBands(shapeBands(CARRIERS, null), STRETCH, 0.2);

  expect(placed.slice(0, 2).map(({ left, right }) => [left, right].map(Math.round))).toEqual([
    [10, 90],
    [110, 190],
  ]);
  expect(placeBands([], STRETCH, 0.2)).toEqual([]);
});
