import fc from 'fast-check';
import { axisOf, type ScaleKind } from './axes';
import { binsBetween, binsOf } from './example_bins';
import { someEdges } from './example_numbers';
import { shareTicks, SMALL_LABELS, tickLabel, ticksOf } from './ticks';

const labels = (edges: readonly number[], width = 300, kind: ScaleKind | 'auto' = 'auto') =>
  ticksOf(axisOf([binsBetween(edges)], kind)!, { left: 0, width }).map(({ label }) => label);

it.each([
  ['round numbers', [0, 100, 500, 1000], ['0', '200', '400', '600', '800', '1000']],
  ['thousands', [0, 10_000, 40_000], ['0', '10k', '20k', '30k', '40k']],
  ['decades', [0.01, 0.1, 1, 10, 100], ['0.01', '0.1', '1', '10', '100']],
  ['both signs', [-1000, -10, -0.1, 0.1, 10, 1000], ['−1000', '−10', '0', '10', '1000']],
  ['tiny numbers', [1e-7, 2e-7, 3e-7], ['1e-7', '1.5e-7', '2e-7', '2.5e-7', '3e-7']],
  ['years', [2013.2, 2013.4, 2013.8], ['2013.2', '2013.4', '2013.6', '2013.8']],
])('labels %s', (_, edges, expected) => {
  expect(labels(edges)).toEqual(expected);
});

it('labels the ends of equal bins, and an atom in the middle of its slot', () => {
  const axis = axisOf([binsOf('≤ 1', '1 – 5', '= 5', '5 – 1234.5', '> 1234.5')], 'equal')!;

  expect(ticksOf(axis, { left: 0, width: 500 }).map(({ position, label }) => [position, label])).toEqual([
    [100, '1'],
    [250, '5'],
    [400, '1235'],
  ]);
});

it('labels the one edge there is', () => {
  expect(labels([4.25])).toEqual(['4.25']);
});

it('has no ticks in open bins', () => {
  const ticks = ticksOf(axisOf([binsBetween([0, 10, 20])])!, { left: 0, width: 300 });

  expect(ticks.every(({ value }) => value >= 0 && value <= 20)).toBe(true);
});

it('has labels that never overlap and stay near the axis, at any width', () => {
  const kinds = fc.constantFrom<ScaleKind | 'auto'>('auto', 'linear', 'log', 'symlog', 'equal');
  fc.assert(
    fc.property(someEdges, fc.integer({ min: 20, max: 900 }), kinds, (edges, width, kind) => {
      const { characterWidth, gap, overhang } = SMALL_LABELS;
      const ticks = ticksOf(axisOf([binsBetween(edges)], kind)!, { left: 7, width });
      const ends = ticks.map(({ position, label }) => {
        const half = (label.length * characterWidth) / 2;
        return [position - half, position + half] as const;
      });

      expect(ends.every(([left], index) => index === 0 || left - ends[index - 1]![1] >= gap - 1e-6)).toBe(true);
      expect(ends.every(([left, right]) => left >= 7 - overhang && right <= 7 + width + overhang)).toBe(true);
      expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
    }),
    { numRuns: 300 }
  );
});

it.each([
  [0, 5, '0'],
  [1200, 200, '1200'],
  [12_000, 4000, '12k'],
  [-1_500_000, 500_000, '−1.5M'],
  [0.25, 0.05, '0.25'],
  [2e20, 1e20, '2e20'],
  [-1e-7, 1e-7, '−1e-7'],
])('writes %p in steps of %p as %s', (value, step, label) => {
  expect(tickLabel(value, step)).toBe(label);
});

describe('shareTicks', () => {
  it.each([
    [0.42, ['0 %', '20 %', '40 %']],
    [1, ['0 %', '50 %', '100 %']],
    [0.031, ['0 %', '2 %']],
    [0.0031, ['0.0 %', '0.2 %']],
  ])('labels shares up to %p', (top, expected) => {
    expect(shareTicks(top).map(({ label }) => label)).toEqual(expected);
  });

  it('begins at 0, ends at the top, and keeps to its number', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1, noNaN: true }), fc.integer({ min: 2, max: 8 }), (top, most) => {
        const ticks = shareTicks(top, most);

        expect(ticks[0]?.position).toBe(0);
        expect(ticks.length).toBeLessThanOrEqual(most);
        expect(ticks.every(({ position }) => position >= 0 && position <= 1 + 1e-9)).toBe(true);
      })
    );
  });
});
