import fc from 'fast-check';

import { GRID_GAP, gridLayout } from './grid_layout';

const sizes = { count: fc.integer({ min: 1, max: 300 }), width: fc.integer({ min: 200, max: 3000 }), height: fc.integer({ min: 60, max: 2000 }) };

describe('gridLayout', () => {
  it('fills the width, and the height where it does not scroll', () => {
    fc.assert(
      fc.property(fc.record(sizes), ({ count, width, height }) => {
        const { columns, rows, cellWidth, cellHeight, isScrolled } = gridLayout(count, width, height, 'auto');

        expect(columns * cellWidth + (columns - 1) * GRID_GAP).toBeLessThanOrEqual(width);
        expect(columns * rows).toBeGreaterThanOrEqual(count);
        expect(isScrolled || rows === 1 || rows * cellHeight + (rows - 1) * GRID_GAP <= height).toBe(true);
      })
    );
  });

  it.each([
    [3, 1500, 300, 3],
    [4, 1000, 420, 2],
    [12, 1400, 760, 4],
    [1, 1400, 760, 1],
  ])('gives %i subjects in %i x %i pixels %i columns', (count, width, height, columns) => {
    expect(gridLayout(count, width, height, 'auto').columns).toBe(columns);
  });

  it('keeps to a number of columns', () => {
    expect(gridLayout(12, 1400, 760, 2).columns).toBe(2);
  });
});
