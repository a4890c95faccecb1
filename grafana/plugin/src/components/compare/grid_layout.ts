/** How small multiples fill a panel. */

export interface GridLayout {
  readonly columns: number;
  readonly rows: number;
  /** Pixels of one multiple. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Rows are higher than the panel: it scrolls. */
  readonly isScrolled: boolean;
}

/** Pixels between multiples. */
export const GRID_GAP = 8;

const NARROWEST_CELL = 250;

/** Also a number of columns that was chosen leaves a cell as many pixels. */
const NARROWEST_CHOSEN_CELL = 60;

const LOWEST_CELL = 150;
const SCROLLED_CELL = 178;
const LOWEST_SCROLLED_CELL = 110;
const HIGHEST_CELL = 380;
const SCROLLBAR = 14;

/** Holes at the end look unfinished: all cells empty would be as bad as a shape this far (natural log) from the best. */
const EMPTY_COST = 1.5;

/** Width by height that a distribution is easiest to read at. */
const BEST_SHAPE = 1.75;

/**
 * Lay out a number of multiples: in the number of columns that gives them the best shape without scrolling, and
 * where that is not possible in as many columns as fit.
 *
 * @param columns The number of columns, or `auto`.
 */
export function gridLayout(count: number, width: number, height: number, columns: 'auto' | number): GridLayout {
  const most = columnsOf(width, NARROWEST_CELL);
  const chosen = columns === 'auto' ? most : Math.min(columns, columnsOf(width, NARROWEST_CHOSEN_CELL));
  const choices = columns === 'auto' ? Array.from({ length: Math.min(most, count) }, (_, index) => index + 1) : [chosen];
  const fitting = choices.map((choice) => fixedLayout(count, width, height, choice)).filter(({ isScrolled }) => !isScrolled);
  const cost = (layout: GridLayout): number => misshape(layout) + EMPTY_COST * emptyShare(layout, count);
  const best = fitting.reduce<GridLayout | null>((kept, layout) => (kept === null || cost(layout) < cost(kept) ? layout : kept), null);
  return best ?? fixedLayout(count, width, height, chosen);
}

/** Columns of at least so many pixels that fit; one always does. */
function columnsOf(width: number, narrowest: number): number {
  return Math.max(1, Math.floor((width + GRID_GAP) / (narrowest + GRID_GAP)));
}

function fixedLayout(count: number, width: number, height: number, columns: number): GridLayout {
  const rows = Math.ceil(count / columns);
  const filling = Math.floor((height - GRID_GAP * (rows - 1)) / rows);
  const isScrolled = filling < LOWEST_CELL && rows > 1;
  const usable = isScrolled ? width - SCROLLBAR : width;
  return {
    columns,
    rows,
    cellWidth: Math.max(1, Math.floor((usable - GRID_GAP * (columns - 1)) / columns)),
    cellHeight: isScrolled ? Math.min(SCROLLED_CELL, Math.max(LOWEST_SCROLLED_CELL, height)) : Math.max(60, Math.min(filling, HIGHEST_CELL)),
    isScrolled,
  };
}

function emptyShare({ columns, rows }: GridLayout, count: number): number {
  return 1 - count / (columns * rows);
}

function misshape({ cellWidth, cellHeight }: GridLayout): number {
  return Math.abs(Math.log(cellWidth / cellHeight / BEST_SHAPE));
}
