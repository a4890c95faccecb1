/** All shapes of the plot of one comparison. */
import { type Comparison } from '../../../data/comparison';
import { shareTicks } from '../../../data/drawing/ticks';
import { type PlotArea } from '../../../data/drawing/outline';
import { type CompareOptions } from '../compare_options';
import { binsApart, drawApart, widthApart } from './apart_plot';
import { drawCategories } from './category_plot';
import { drawNumbers, type ShapePart } from './number_plot';
import { type DrawnPlot, type GridLine, type Label } from './shapes';
import { type KnownSides } from './sides';

/** Room for the labels of the axis of values. */
const BELOW = 20;
const ABOVE = 4;
const ABOVE_GRID = 20;
const BESIDE = 6;

/** Room for the labels of the grid, where there is one. */
const GRID_LABELS = 46;

/** A plot narrower than that has no column for missing values: the tooltip and the table still tell them. */
const NARROWEST_SHAPE = 70;

/**
 * Draw a comparison.
 *
 * @param size Pixels of the whole plot; `hasGrid` adds lines and labels of heights at the left.
 */
export function drawPlot(
  comparison: Comparison,
  sides: KnownSides,
  size: { readonly width: number; readonly height: number; readonly hasGrid: boolean },
  options: Pick<CompareOptions, 'axis' | 'measure'>
): DrawnPlot {
  const { width, height, hasGrid } = size;
  const left = hasGrid ? GRID_LABELS : BESIDE;
  const apart = binsApart(sides, hasGrid);
  const wanted = widthApart(apart.length);
  const hasRoom = width - left - BESIDE - wanted >= NARROWEST_SHAPE;
  const apartWidth = hasRoom ? wanted : 0;
  const top = hasGrid ? ABOVE_GRID : ABOVE;
  const plotHeight = Math.max(8, height - top - BELOW);
  const area: PlotArea = { left, top, width: Math.max(10, width - left - BESIDE - apartWidth), height: plotHeight };
  const shape = drawNumbers(comparison, sides, area, options) ?? drawCategories(sides, area);
  const beside = drawApart(hasRoom ? apart : [], sides, { left: width - BESIDE - apartWidth, top, width: apartWidth, height: plotHeight });
  const bottom = top + plotHeight;
  return {
    width,
    height,
    bins: [...shape.bins, ...beside.bins],
    referencePath: shape.referencePath,
    expectedPath: shape.expectedPath,
    labels: [...shape.labels, ...beside.labels, ...(hasGrid ? [heightLabel(shape)] : [])],
    tickMarks: shape.tickMarks,
    gridLines: hasGrid && shape.isUpright ? gridLines(shape, area) : [],
    baselines: [
      ...(shape.isUpright ? [[area.left, bottom, area.left + area.width, bottom] as const] : []),
      ...beside.tracks.map((track) => [track.x - 5, bottom, track.x + track.width + 5, bottom] as const),
    ],
    tracks: beside.tracks,
    fadeLeft: shape.fadeLeft,
    fadeRight: shape.fadeRight,
    shapeArea: { x: area.left, y: area.top, width: area.width, height: area.height },
    isUpright: shape.isUpright,
  };
}

function heightLabel({ heightWords }: ShapePart): Label {
  return { key: 'height', x: 0, y: 11, text: heightWords, anchor: 'start', isStrong: false };
}

function gridLines({ shareAtTop }: ShapePart, area: PlotArea): GridLine[] {
  const most = Math.max(2, Math.min(6, Math.floor(area.height / 34)));
  return shareTicks(shareAtTop, most).map(({ value, label }) => ({
    y: area.top + area.height * (1 - value / shareAtTop),
    text: label,
  }));
}
