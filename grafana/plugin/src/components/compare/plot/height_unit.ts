/** What the height of a bar is called: shares are easier to read than densities. */
import { type Axis } from '../../../data/drawing/axes';
import { type Measure } from '../../../data/drawing/height';
import { numberText } from '../../../data/distributions/numbers';

export interface HeightUnit {
  /** Share of rows, for each unit of `words`, at the top of the plot. */
  readonly shareAtTop: number;
  /** `share of rows`, `share of rows per 100`, `share of rows per factor of 2`. */
  readonly words: string;
}

const FACTORS = [10, 2, 1.1];

/**
 * Say a height as a share.
 *
 * A density of numbers becomes the share of rows for each step of a round size, at most a tenth of the axis; on a
 * logarithmic axis for each factor, the largest that keeps it below 100 %.
 *
 * @param top The height at the top of the plot, as `heightsOf` gives heights.
 */
export function heightUnit(axis: Axis, measure: Measure, top: number): HeightUnit {
  if (measure === 'share') {
    return { shareAtTop: top, words: 'share of rows' };
  }
  if (axis.kind === 'linear') {
    const widest = 10 ** Math.floor(Math.log10((axis.end - axis.start) / 10));
    const step = widest * top > 1 ? 10 ** Math.floor(-Math.log10(top)) : widest;
    return { shareAtTop: top * step, words: step === 1 ? 'share of rows per unit' : `share of rows per ${numberText(step)}` };
  }
  if (axis.kind === 'equal') {
    return { shareAtTop: top, words: 'share of rows per bin' };
  }
  const factor = FACTORS.find((candidate) => top * Math.log10(candidate) <= 1) ?? 1.1;
  return { shareAtTop: top * Math.log10(factor), words: `share of rows per factor of ${factor}` };
}
