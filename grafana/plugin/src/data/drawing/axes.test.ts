import fc from 'fast-check';
import { axisOf, chooseScale, type ScaleKind } from './axes';
import { binsBetween, binsOf } from './example_bins';
import { someEdges } from './example_numbers';

describe('chooseScale', () => {
  it.each([
    ['linear', [1, 2, 3, 4]],
    ['linear', [1, 50, 90]],
    ['linear', [5]],
    ['linear', [0, 5]],
    ['linear', [-3, -1, 0, 1, 3]],
    ['log', [0.01, 0.1, 1, 10, 100]],
    ['symlog', [0, 0.01, 0.1, 1, 10, 100]],
    ['symlog', [-100, -1, -0.01, 0.01, 1, 100]],
    // One edge far away does not make a wide range: its quantiles tell.
    ['linear', [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 5000]],
  ] as const)('takes %s for %p', (scale, edges) => {
    expect(chooseScale(edges)).toBe(scale);
  });
});

describe('axisOf', () => {
  it('draws an open bin as wide as its neighbour', () => {
    expect(axisOf([binsBetween([10, 12, 20, 25])])).toMatchObject({ kind: 'linear', start: 8, end: 28.75 });
  });

  it('keeps an open bin between 3 % and 25 % of the closed ones', () => {
    expect(axisOf([binsBetween([0, 90, 99, 100])])).toMatchObject({ start: -25, end: 103 });
  });

  it('measures in decades on a logarithmic axis', () => {
    const axis = axisOf([binsBetween([0.01, 0.1, 1, 10, 100])]);

    expect(axis).toMatchObject({ kind: 'log', start: -3, end: 3 });
    expect(axis?.place(1000)).toBe(3);
  });

  it('is even around zero on a symlog axis', () => {
    const axis = axisOf([binsBetween([-100, -1, 0, 1, 100])], 'symlog')!;

    expect(axis.place(0)).toBe(0);
    expect(axis.place(-100)).toBe(-axis.place(100));
    expect(axis.start).toBe(-axis.end);
  });

  it('takes symlog where log was asked for and an edge is not above zero', () => {
    expect(axisOf([binsBetween([0, 1, 2])], 'log')?.kind).toBe('symlog');
  });

  it('gives bins equal slots, an atom its own', () => {
    const axis = axisOf([binsOf('≤ 1', '1 – 5', '= 5', '5 – 100', '> 100', 'missing')], 'equal')!;

    expect([axis.start, axis.end]).toEqual([0, 5]);
    expect([1, 3, 5, 100].map(axis.place)).toEqual([1, 1.75, 2.5, 4]);
    expect([axis.place(-7), axis.place(1000)]).toEqual([1, 4]);
  });

  it('holds all bins of two versions', () => {
    const axis = axisOf([binsBetween([0, 10]), binsBetween([5, 20])], 'equal');

    expect(axis).toMatchObject({ kind: 'linear', start: -2.5, end: 23.75 });
  });

  it.each([
    ['one edge', binsOf('≤ 4', '> 4'), 2, 6],
    ['one edge at zero', binsOf('≤ 0', '> 0'), -0.5, 0.5],
    ['one atom', binsOf('= 4'), 3.5, 4.5],
  ])('has room for %s', (_, bins, start, end) => {
    expect(axisOf([bins])).toMatchObject({ start, end });
  });

  it('is none where no bin has an end', () => {
    expect(axisOf([binsOf('any', 'missing')])).toBeNull();
    expect(axisOf([binsOf('AA', 'unseen')])).toBeNull();
    expect(axisOf([])).toBeNull();
  });

  it('keeps the order of numbers, and all edges within its ends', () => {
    const kinds = fc.constantFrom<ScaleKind | 'auto'>('auto', 'linear', 'log', 'symlog', 'equal');
    fc.assert(
      fc.property(someEdges, kinds, (edges, kind) => {
        const axis = axisOf([binsBetween(edges)], kind)!;
        const places = edges.map(axis.place);

        expect(axis.start).toBeLessThan(axis.end);
        expect(places.every((place) => place >= axis.start && place <= axis.end)).toBe(true);
        expect(places).toEqual([...places].sort((one, other) => one - other));
      })
    );
  });
});
