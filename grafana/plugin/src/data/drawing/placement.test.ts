import fc from 'fast-check';
import { axisOf } from './axes';
import { binsBetween, binsOf } from './example_bins';
import { someEdges } from './example_numbers';
import { ATOM_WIDTH, placeNumbers } from './placement';

const STRETCH = { left: 10, width: 400 };

it('gives bins their true width', () => {
  // From -10 to 30: 10 pixels a unit.
  const bins = binsBetween([0, 10, 20]);
  const placed = placeNumbers(bins, axisOf([bins])!, { left: 10, width: 300 });

  expect(placed.map(({ left, right, width, open }) => [left, right, width, open])).toEqual([
    [10, 60, 5, 'left'],
    [60, 160, 10, null],
    [160, 260, 10, null],
    [260, 310, 5, 'right'],
  ]);
});

it('draws an atom some pixels wide around its value, and counts by the list of bins', () => {
  const bins = binsOf('≤ 0', '= 0', '0 – 100', '> 100', 'missing');
  const placed = placeNumbers(bins, axisOf([bins])!, STRETCH);
  const atom = placed[1]!;

  expect(placed.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  expect(atom.right - atom.left).toBeCloseTo(ATOM_WIDTH, 9);
  expect((atom.left + atom.right) / 2).toBeCloseTo(placed[2]!.left, 9);
  expect(atom).toMatchObject({ isAtom: true, isNarrow: true, width: 0 });
});

it('gives an atom a slot on an axis of equal bins', () => {
  const bins = binsOf('≤ 0', '= 0', '0 – 100', '> 100');
  const placed = placeNumbers(bins, axisOf([bins], 'equal')!, STRETCH);

  expect(placed.map(({ left, right, isAtom }) => [left, right, isAtom])).toEqual([
    [10, 110, false],
    [110, 210, false],
    [210, 310, false],
    [310, 410, false],
  ]);
});

it('calls a bin narrow below 1/200 of the axis', () => {
  const bins = binsBetween([0, 1, 1000]);
  const placed = placeNumbers(bins, axisOf([bins])!, STRETCH);

  expect(placed.map(({ isNarrow }) => isNarrow)).toEqual([false, true, false, false]);
});

it('lies side by side from one end of the stretch to the other', () => {
  fc.assert(
    fc.property(someEdges, (edges) => {
      const bins = binsBetween(edges);
      const placed = placeNumbers(bins, axisOf([bins])!, STRETCH);

      expect(placed[0]!.left).toBeCloseTo(10, 6);
      expect(placed[placed.length - 1]!.right).toBeCloseTo(410, 6);
      expect(placed.every(({ left, right }) => right >= left)).toBe(true);
      expect(placed.slice(1).every(({ left }, index) => Math.abs(left - placed[index]!.right) < 1e-6)).toBe(true);
    })
  );
});
