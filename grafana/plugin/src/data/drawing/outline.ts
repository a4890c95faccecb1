/** The outline of a side over bins of numbers, and where a height lies, in pixels. */
import type { PlacedBin, Stretch } from './placement';

/** The rectangle of a plot, in pixels; y grows downwards. */
export interface PlotArea extends Stretch {
  readonly top: number;
  readonly height: number;
}

/**
 * Return the y of a height, in pixels; heights above the top end at the top.
 *
 * @param top The height at the top of the plot, above 0.
 */
export function yOf(height: number, top: number, area: PlotArea): number {
  const share = Math.min(Math.max(height / top, 0), 1);
  return area.top + area.height * (1 - share);
}

/**
 * Return the path (`d` of SVG) of the step outline over the bins that have a width; '' where there is none.
 *
 * It begins and ends on the bottom, except at open ends, where it stays open. Atoms are not in it: they are
 * boxes of their own.
 */
export function outlineOf(
  placed: readonly PlacedBin[],
  heights: readonly number[],
  top: number,
  area: PlotArea
): string {
  const steps = withHeights(placed, heights)
    .filter(({ bin }) => !bin.isAtom)
    .map(({ bin, height }) => ({ bin, y: rounded(yOf(height, top, area)) }));
  const [first, last] = [steps[0], steps[steps.length - 1]];
  if (!first || !last) {
    return '';
  }
  const bottom = rounded(area.top + area.height);
  const begin = `M${rounded(first.bin.left)},${first.bin.open === 'left' ? first.y : bottom}`;
  const middle = steps.map(({ bin, y }) => `V${y}H${rounded(bin.right)}`).join('');
  return begin + middle + (last.bin.open === 'right' ? '' : `V${bottom}`);
}

/** Bins whose height is known, each with its height. */
function withHeights(placed: readonly PlacedBin[], heights: readonly number[]) {
  return placed.flatMap((bin, place) => {
    const height = heights[place];
    return height === undefined ? [] : [{ bin, height }];
  });
}

/** A hundredth of a pixel is enough, and keeps 250 paths short. */
function rounded(pixels: number): number {
  return Math.round(pixels * 100) / 100;
}
