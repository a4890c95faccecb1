/** Bins that are names: upright bars while the names fit below them, rows with the names at the left otherwise. */
import { shareText } from '../../../data/distributions/numbers';
import { placeBands, shapeBands, type Band, type PlacedBand } from '../../../data/drawing/categories';
import { topOfShares } from '../../../data/drawing/height';
import { type PlotArea } from '../../../data/drawing/outline';
import { type ShapePart } from './number_plot';
import { fitting, keyOfBin, lyingFill, textWidth, uprightFill, withoutOverlaps, type DrawnBin, type Label, type Rectangle } from './shapes';
import { contributionOf, type KnownSides, type Shares } from './sides';

/** Free room for numbers above upright bars, in pixels. */
const LABEL_HEIGHT = 15;

/** A row needs this many pixels for its name. */
const ROW_HEIGHT = 13;

/** A name is at least this long under its bar, in pixels, or whole. */
const NARROWEST_NAMED = 40;

/** Longer names are cut there, in pixels. */
const LONGEST_NAME = 84;

/** Bars take this share of their band; the outline of the reference takes all of it. */
const BAR_SHARE = 0.66;

/** Differences of shares from here on are worth a number. */
const CHANGED = 0.01;

/** Room for the share behind a bar that lies, and what is left for the bar at least, in pixels. */
const SHARE_WIDTH = 40;
const NARROWEST_ROW = 8;

/** Names take at most this share of the width. */
const NAMES_SHARE = 0.42;

type NamedPart = Omit<ShapePart, 'fadeLeft' | 'fadeRight' | 'referencePath' | 'expectedPath' | 'tickMarks'>;

/** Draw bins that are names, or the one bin `any`. */
export function drawCategories(sides: KnownSides, area: PlotArea): ShapePart {
  const bands = shapeBands(sides.reference?.bins ?? null, sides.current?.bins ?? null);
  const longest = Math.max(0, ...bands.map(({ bin }) => textWidth(bin.range)));
  const areNamesShort = longest <= area.width / Math.max(1, bands.length) - 3;
  const haveRoom = bands.length * ROW_HEIGHT <= area.height + 18;
  const top = topOfShares(bands.flatMap((band) => sharesOf(sides, band).filter((share) => share !== null)));
  const part = areNamesShort || !haveRoom ? drawUpright(sides, bands, top * (1 + LABEL_HEIGHT / area.height), area) : drawRows(sides, bands, top, area);
  return { ...part, fadeLeft: null, fadeRight: null, referencePath: '', expectedPath: '', tickMarks: [] };
}

/** Shares of a name: of the reference, expected, current. Versions may count the same name in bins with other ids. */
function sharesOf(sides: KnownSides, { referenceIndex, currentIndex }: Band): [number | null, number | null, number | null] {
  const referenceId = referenceIndex === null ? undefined : sides.reference?.bins[referenceIndex]?.id;
  const currentId = currentIndex === null ? undefined : sides.current?.bins[currentIndex]?.id;
  const share = (shares: Shares, id: string | undefined): number | null => (id === undefined ? null : (shares.get(id) ?? null));
  return [share(sides.referenceShares, referenceId), share(sides.expectedShares, referenceId), share(sides.currentShares, currentId)];
}

function drawUpright(sides: KnownSides, bands: readonly Band[], top: number, area: PlotArea): NamedPart {
  const bottom = area.top + area.height;
  const placed = placeBands(bands, area, 0.16);
  const bins = placed.map((band): DrawnBin => {
    const width = band.right - band.left;
    const inset = (width * (1 - BAR_SHARE)) / 2;
    const height = (share: number | null): number | null => (share === null ? null : (share / top) * area.height);
    const outline = (share: number | null, inside: number): Rectangle | null => {
      const pixels = height(share);
      const margin = Math.min(inside, width / 4);
      return pixels === null ? null : { x: band.left + margin, y: bottom - pixels, width: width - 2 * margin, height: pixels };
    };
    const bin = known(sides, band);
    return {
      ...bin,
      target: { x: band.left - width * 0.095, y: area.top, width: width * 1.19, height: area.height + 18 },
      fill: uprightFill(band.left + inset, width - 2 * inset, bottom, height(bin.currentShare), height(bin.contribution?.referenceShare ?? null)),
      referenceBox: outline(bin.referenceShare, 0),
      expectedBox: outline(bin.expectedShare, 2),
    };
  });
  const areAllNamed = placed.every(({ bin, left, right }) => right - left >= Math.min(NARROWEST_NAMED, textWidth(bin.range)));
  const names = areAllNamed ? namesOfAll(sides, placed, bottom) : namesOfChanged(bins, area);
  return { bins, labels: [...names, ...withoutOverlaps(bins.flatMap(shareAbove))], shareAtTop: top, heightWords: 'share of rows', isUpright: true };
}

function namesOfAll(sides: KnownSides, placed: readonly PlacedBand[], bottom: number): Label[] {
  return placed.map((band) => ({
    key: `band ${keyOfBand(sides, band)}`,
    x: (band.left + band.right) / 2,
    y: bottom + 15,
    text: fitting(band.bin.range, (band.right - band.left) * 1.12),
    anchor: 'middle',
    isStrong: false,
  }));
}

/** Where there is no room for all names: those that changed most, as many as fit beside each other. */
function namesOfChanged(bins: readonly DrawnBin[], area: PlotArea): Label[] {
  const changed = (bin: DrawnBin): number => Math.abs(bin.contribution?.difference ?? bin.currentShare ?? bin.referenceShare ?? 0);
  const labels = [...bins]
    .sort((one, other) => changed(other) - changed(one))
    .map(({ key, bin, target }): Label => {
      const text = fitting(bin.range, LONGEST_NAME);
      const half = textWidth(text) / 2;
      const x = Math.min(Math.max(target.x + target.width / 2, area.left + half), area.left + area.width - half);
      return { key: `band ${key}`, x, y: area.top + area.height + 15, text, anchor: 'middle', isStrong: false };
    });
  return withoutOverlaps(labels);
}

/** The share of a name above its bar, where it changed by a point or more and the bar is wide enough. */
function shareAbove({ key, target, fill, referenceBox, currentShare: share, contribution }: DrawnBin): Label[] {
  const text = share === null ? '' : shareText(share);
  if (contribution === null || Math.abs(contribution.difference) < CHANGED || textWidth(text) > target.width) {
    return [];
  }
  const tops = [fill.common, fill.more, fill.fewer, referenceBox].flatMap((box) => (box ? [box.y] : []));
  return [{ key: `share ${key}`, x: target.x + target.width / 2, y: Math.min(...tops) - 4, text, anchor: 'middle', isStrong: true }];
}

function drawRows(sides: KnownSides, bands: readonly Band[], top: number, area: PlotArea): NamedPart {
  // Names stand at the left, so nothing is below the bars and the rows take that room too.
  const height = area.height + 18;
  const longest = Math.max(0, ...bands.map(({ bin }) => textWidth(bin.range)));
  const nameWidth = Math.min(longest + 8, area.width * NAMES_SHARE);
  const left = area.left + nameWidth;
  const width = Math.max(NARROWEST_ROW, area.width - nameWidth - SHARE_WIDTH);
  const placed = placeBands(bands, { left: area.top, width: height }, 0.2);
  const bins = placed.map((band): DrawnBin => {
    const thickness = band.right - band.left;
    const inset = (thickness * (1 - BAR_SHARE)) / 2;
    const length = (share: number | null): number | null => (share === null ? null : (share / top) * width);
    const outline = (share: number | null, inside: number): Rectangle | null => {
      const pixels = length(share);
      const margin = Math.min(inside, thickness / 4);
      return pixels === null ? null : { x: left, y: band.left + margin, width: pixels, height: thickness - 2 * margin };
    };
    const bin = known(sides, band);
    return {
      ...bin,
      target: { x: area.left, y: band.left - thickness * 0.12, width: area.width, height: thickness * 1.24 },
      fill: lyingFill(band.left + inset, thickness - 2 * inset, left, length(bin.currentShare), length(bin.contribution?.referenceShare ?? null)),
      referenceBox: outline(bin.referenceShare, 0),
      expectedBox: outline(bin.expectedShare, 2),
    };
  });
  const names = placed.map(
    (band): Label => ({
      key: `band ${keyOfBand(sides, band)}`,
      x: left - 6,
      y: (band.left + band.right) / 2 + 4,
      text: fitting(band.bin.range, nameWidth - 8),
      anchor: 'end',
      isStrong: false,
    })
  );
  const labels = [...names, ...bins.flatMap((bin) => shareLabel(bin, left, top, width))];
  return { bins, labels, shareAtTop: top, heightWords: 'share of rows', isUpright: false };
}

/** The share of a name behind its bar, where it changed by a point or more. */
function shareLabel({ key, target, currentShare: share, referenceShare, contribution }: DrawnBin, left: number, top: number, width: number): Label[] {
  if (share === null || contribution === null || Math.abs(contribution.difference) < CHANGED) {
    return [];
  }
  const end = left + (Math.max(share, referenceShare ?? 0) / top) * width;
  return [
    { key: `share ${key}`, x: end + 5, y: target.y + target.height / 2 + 4, text: shareText(share), anchor: 'start', isStrong: true },
  ];
}

type KnownBin = Pick<DrawnBin, 'key' | 'bin' | 'referenceShare' | 'expectedShare' | 'currentShare' | 'contribution' | 'isPatterned' | 'isAtom'>;

/** Two versions may each have a name that is hidden behind the same number: these are two. */
function keyOfBand({ reference, current }: KnownSides, { bin, currentIndex }: Band): string {
  const isOfReferenceOnly = reference !== null && current !== null && currentIndex === null;
  return isOfReferenceOnly ? `reference ${keyOfBin(bin)}` : keyOfBin(bin);
}

function known(sides: KnownSides, band: Band): KnownBin {
  const { bin } = band;
  const [referenceShare, expectedShare, currentShare] = sharesOf(sides, band);
  return {
    key: keyOfBand(sides, band),
    bin,
    referenceShare,
    expectedShare,
    currentShare,
    contribution: contributionOf(sides, bin),
    isPatterned: bin.kind === 'other' || bin.kind === 'unseen',
    isAtom: false,
  };
}
