/** Missing and invalid values: columns of their own, on a scale of their own, from 0 to 100 % of all rows. */
import { type Bin } from '../../../data/comparison';
import { shareText } from '../../../data/distributions/numbers';
import { apartBands } from '../../../data/drawing/categories';
import { type PlotArea } from '../../../data/drawing/outline';
import { keyOfBin, textWidth, uprightFill, type DrawnBin, type Label, type Rectangle } from './shapes';
import { contributionOf, type KnownSides } from './sides';

/** Columns that stand apart, and how much room they take at the right. */
export interface ApartPart {
  readonly bins: readonly DrawnBin[];
  readonly labels: readonly Label[];
  readonly tracks: readonly Rectangle[];
}

/** Shares that are smaller on both sides take no room, except where a plot has the panel for itself. */
const VISIBLE_SHARE = 0.005;

const COLUMN_WIDTH = 48;
const GAP = 10;
const TRACK_WIDTH = 16;

/** Bins that stand apart and have rows on a side: all of them, or those that matter. */
export function binsApart(sides: KnownSides, areAllShown: boolean): Bin[] {
  return apartBands(sides.reference?.bins ?? null, sides.current?.bins ?? null)
    .map(({ bin }) => bin)
    .filter(({ id }) => {
      const share = Math.max(sides.referenceShares.get(id) ?? 0, sides.currentShares.get(id) ?? 0);
      return areAllShown ? share > 0 : share >= VISIBLE_SHARE;
    });
}

/** Pixels that the columns need at the right of a plot. */
export function widthApart(count: number): number {
  return count === 0 ? 0 : count * COLUMN_WIDTH + GAP;
}

/** Draw the columns at the right end of an area; `area` is what is left for them. */
export function drawApart(bins: readonly Bin[], sides: KnownSides, area: PlotArea): ApartPart {
  const bottom = area.top + area.height;
  const columns = bins.map((bin, index) => ({ bin, middle: area.left + GAP + (index + 0.5) * COLUMN_WIDTH }));
  const pixels = (share: number | undefined): number | null => (share === undefined ? null : share * area.height);
  const drawn = columns.map(({ bin, middle }): DrawnBin => {
    const left = middle - TRACK_WIDTH / 2;
    const outline = (share: number | undefined): Rectangle | null => {
      const height = pixels(share);
      return height === null ? null : { x: left - 3, y: bottom - height, width: TRACK_WIDTH + 6, height };
    };
    const contribution = contributionOf(sides, bin);
    return {
      key: keyOfBin(bin),
      bin,
      referenceShare: sides.referenceShares.get(bin.id) ?? null,
      expectedShare: sides.expectedShares.get(bin.id) ?? null,
      currentShare: sides.currentShares.get(bin.id) ?? null,
      contribution,
      target: { x: middle - COLUMN_WIDTH / 2, y: area.top, width: COLUMN_WIDTH, height: area.height + 18 },
      fill: uprightFill(left, TRACK_WIDTH, bottom, pixels(sides.currentShares.get(bin.id)), pixels(contribution?.referenceShare)),
      referenceBox: outline(sides.referenceShares.get(bin.id)),
      expectedBox: outline(sides.expectedShares.get(bin.id)),
      isPatterned: false,
      isAtom: false,
    };
  });
  return {
    bins: drawn,
    tracks: columns.map(({ middle }) => ({ x: middle - TRACK_WIDTH / 2, y: area.top, width: TRACK_WIDTH, height: area.height })),
    labels: drawn.flatMap((bin) => labelsOf(bin, area)),
  };
}

function labelsOf({ bin, target, currentShare, referenceShare }: DrawnBin, area: PlotArea): Label[] {
  const middle = target.x + target.width / 2;
  const share = currentShare ?? referenceShare ?? 0;
  const isChanged = currentShare !== null && referenceShare !== null && Math.abs(currentShare - referenceShare) >= 0.01;
  const bottom = area.top + area.height;
  const highest = Math.max(currentShare ?? 0, referenceShare ?? 0) * area.height;
  const isAbove = bottom - highest - 5 >= area.top + 9;
  const text = shareText(share);
  return [
    { key: `apart ${bin.id}`, x: middle, y: bottom + 15, text: bin.range || bin.id, anchor: 'middle', isStrong: isChanged },
    {
      key: `share ${bin.id}`,
      x: middle,
      y: isAbove ? bottom - highest - 5 : area.top + 9,
      text: textWidth(text) > target.width ? '' : text,
      anchor: 'middle',
      isStrong: isChanged,
    },
  ];
}
