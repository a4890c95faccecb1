import { toDataFrame } from '@grafana/data';
import fc from 'fast-check';

import { specimenFrames, type SpecimenName } from '../../../../../../tests/browser/grafana/specimen_frames';
import { type Comparison } from '../../../data/comparison';
import { compareFrames, compareRows } from '../../../data/distributions/comparisons';
import { countRows, referenceRows, rowsOf } from '../../../data/distributions/example_rows';
import { drawPlot } from './draw_plot';
import { fitting, textWidth, type DrawnBin, type DrawnPlot, type Rectangle } from './shapes';
import { knownSides } from './sides';

const SIZE = { width: 320, height: 180, hasGrid: false };
const AUTO = { axis: 'auto', measure: 'auto' } as const;
const NAMES: SpecimenName[] = ['flights', 'single', 'category', 'zeros', 'not-numbers', 'only-reference', 'only-current', 'scales', 'versions', 'two-versions'];

function comparisons(name: SpecimenName): Comparison[] {
  return compareFrames(specimenFrames(name).map((frame) => toDataFrame(frame)));
}

function drawn(name: SpecimenName, subject: string): DrawnPlot {
  const comparison = comparisons(name).find((one) => one.subject === subject)!;
  return drawPlot(comparison, knownSides(comparison), SIZE, AUTO);
}

function boxes({ fill, referenceBox, expectedBox }: DrawnBin): Rectangle[] {
  return [fill.common, fill.more, fill.fewer, referenceBox, expectedBox].flatMap((box) => (box ? [box] : []));
}

const binOf = (plot: DrawnPlot, range: string) => plot.bins.find(({ bin }) => bin.range === range)!;

describe.each(NAMES)('the plots of %s', (name) => {
  it.each([
    [320, 180, false],
    [188, 60, false],
    [2900, 700, true],
  ])('stay within %i x %i pixels, and have no number that is none', (width, height, hasGrid) => {
    for (const comparison of comparisons(name)) {
      const plot = drawPlot(comparison, knownSides(comparison), { width, height, hasGrid }, AUTO);
      expect(JSON.stringify(plot)).not.toContain('NaN');
      expect(plot.bins.length).toBeGreaterThan(0);
      for (const box of plot.bins.flatMap(boxes)) {
        expect(box.x).toBeGreaterThanOrEqual(-3);
        expect(box.x + box.width).toBeLessThanOrEqual(width + 3);
        expect(box.y).toBeGreaterThanOrEqual(-0.01);
        expect(box.y + box.height).toBeLessThanOrEqual(height + 0.01);
      }
    }
  });
});

describe('a bar', () => {
  it('is cut into what both sides have and what only one has', () => {
    const { bins } = drawn('flights', 'carrier');
    const lost = bins.find(({ bin }) => bin.range === 'AA')!;
    const unseen = bins.find(({ bin }) => bin.kind === 'unseen')!;

    expect(lost.fill.fewer?.width).toBeGreaterThan(10);
    expect(lost.fill.more).toBeNull();
    expect(unseen.fill.more?.width).toBeGreaterThan(10);
    expect(unseen.fill.common).toBeNull();
    expect(unseen.isPatterned).toBe(true);
  });

  it('has the width of its bin', () => {
    const { bins } = drawn('flights', 'distance');
    const [narrow, wide] = [binOf({ bins } as DrawnPlot, bins[5]!.bin.range), bins.at(-2)!];

    expect(wide.target.width).toBeGreaterThan(3 * narrow.target.width);
  });

  it('of one value keeps the proportion of both sides, and does not flatten the others', () => {
    const plot = drawn('zeros', 'departure_delay');
    const atom = binOf(plot, '= 0');
    const current = (atom.fill.common?.height ?? 0) + (atom.fill.more?.height ?? 0);

    expect(current / atom.referenceBox!.height).toBeCloseTo(atom.currentShare! / atom.referenceShare!, 1);
    expect(binOf(plot, '15 – 30').fill.common!.height).toBeGreaterThan(40);
    expect(plot.labels.map(({ text }) => text)).toContain('60 %');
  });

  it('without an end fades out and says its number where many rows came', () => {
    const plot = drawn('flights', 'taxi_out');

    expect(plot.fadeRight).not.toBeNull();
    expect(plot.labels.map(({ text }) => text)).toContain('> 47: 100 %');
  });
});

describe('what is unknown', () => {
  it('has no bars, only the outline of the reference', () => {
    const plot = drawn('only-reference', 'distance');

    expect(plot.bins.flatMap(({ fill }) => [fill.common, fill.more, fill.fewer]).every((box) => box === null)).toBe(true);
    expect(plot.referencePath).toMatch(/^M/);
  });

  it('has bars without an outline where there is no reference', () => {
    const plot = drawn('only-current', 'distance');

    expect(plot.referencePath).toBe('');
    expect(plot.bins.some(({ fill }) => fill.common !== null)).toBe(true);
    expect(plot.bins.every(({ fill }) => fill.more === null && fill.fewer === null)).toBe(true);
  });
});

describe('two versions with other bins', () => {
  it('are both drawn, and no range is held against another that has the same number', () => {
    const { bins, referencePath } = drawn('two-versions', 'distance');
    const numbers = bins.filter(({ bin }) => bin.kind === 'interval');

    expect(referencePath).toMatch(/^M/);
    expect(numbers.length).toBeGreaterThan(10);
    expect(numbers.every(({ referenceShare, fill }) => referenceShare === null && fill.more === null)).toBe(true);
  });

  it('are held against each other by the name of a category, whatever its number', () => {
    const { bins } = drawn('two-versions', 'carrier');
    const american = bins.find(({ bin }) => bin.range === 'AA')!;

    expect(american.referenceShare).toBeCloseTo(0.25, 1);
    expect(american.currentShare).toBeCloseTo(0.1, 1);
    expect(american.fill.fewer).not.toBeNull();
    expect(new Set(bins.map(({ key }) => key)).size).toBe(bins.length);
  });
});

describe('missing values', () => {
  it('stand apart at the right, on a scale of all rows', () => {
    const plot = drawn('flights', 'wind_speed');
    const missing = plot.bins.at(-1)!;
    const [track] = plot.tracks;

    expect(missing.bin.kind).toBe('missing');
    expect(missing.target.x).toBeGreaterThan(plot.shapeArea.x + plot.shapeArea.width);
    expect(((missing.fill.more?.height ?? 0) + (missing.fill.common?.height ?? 0)) / track!.height).toBeCloseTo(0.34, 1);
  });
});

describe('names', () => {
  it('never overlap, at any width', () => {
    const manyNames = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(manyNames, fc.integer({ min: 120, max: 900 }), fc.integer({ min: 40, max: 400 }), (names, width, height) => {
        const bins = [...names.map((name, index) => [String(index).padStart(2, '0'), name, index + 1] as const), ['unseen', 'unseen', 0] as const];
        const [comparison] = compareRows(rowsOf({ reference: referenceRows({ bins }), current: countRows({ bins: [...bins].reverse() }) }));
        const plot = drawPlot(comparison!, knownSides(comparison!), { width, height, hasGrid: false }, AUTO);
        const ends = plot.labels
          .filter(({ key }) => key.startsWith('band'))
          .filter(() => plot.isUpright)
          .map(({ x, text }) => [x - textWidth(text) / 2, x + textWidth(text) / 2] as const)
          .sort(([one], [other]) => one - other);

        expect(ends.every(([left], index) => index === 0 || left >= ends[index - 1]![1] - 0.01)).toBe(true);
      })
    );
  });

  it('are cut at their end, never within a character', () => {
    expect(fitting('Los Angeles International', 80)).toBe('Los Angeles…');
    expect(fitting('short', 80)).toBe('short');
    expect(fitting('🛫🛬🛩🚁', 21)).toBe('🛫🛬…');
    expect(fitting('abc', 1)).toBe('a…');
  });
});
