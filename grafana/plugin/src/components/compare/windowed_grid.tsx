import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import React, { useState, type ReactNode } from 'react';

import { GRID_GAP, type GridLayout } from './grid_layout';

interface WindowedGridProps<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly layout: GridLayout;
  /** Pixels of the panel that the grid may take. */
  readonly height: number;
  readonly label: string;
  readonly children: (item: Item) => ReactNode;
}

/** Rows above and below the visible ones that are drawn too, so that the tab key finds them. */
const SPARE_ROWS = 1;

/** A scrolled grid in which only the rows near the visible ones are in the page. */
export function WindowedGrid<Item>({ items, keyOf, layout, height, label, children }: WindowedGridProps<Item>) {
  const styles = useStyles2(getStyles);
  const [scrollTop, setScrollTop] = useState(0);
  const [focusedKey, setFocusedKey] = useState<string | null>(null);
  const { columns, rows, cellWidth, cellHeight } = layout;
  const pitch = cellHeight + GRID_GAP;
  const total = rows * pitch - GRID_GAP;
  // After a search there are fewer rows than were scrolled past.
  const offset = Math.min(scrollTop, Math.max(0, total - height));
  const first = Math.max(0, Math.floor(offset / pitch) - SPARE_ROWS);
  const last = Math.min(rows - 1, Math.floor((offset + height) / pitch) + SPARE_ROWS);
  const [from, to] = [first * columns, (last + 1) * columns];
  const shown = items.slice(from, to).map((item, index) => ({ item, place: from + index }));
  // What has the focus stays in the page where a refresh moves it out of view: the focus would fall to the page.
  const focusedPlace = focusedKey === null ? -1 : items.findIndex((item) => keyOf(item) === focusedKey);
  const focused = items[focusedPlace];
  if (focused !== undefined && focusedPlace < from) {
    shown.unshift({ item: focused, place: focusedPlace });
  } else if (focused !== undefined && focusedPlace >= to) {
    shown.push({ item: focused, place: focusedPlace });
  }
  return (
    <div
      className={styles.scroll}
      style={{ height }}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
    >
      <ul className={styles.content} style={{ height: total }} aria-label={label}>
        {shown.map(({ item, place }) => (
          <li
            key={keyOf(item)}
            aria-setsize={items.length}
            aria-posinset={place + 1}
            className={styles.cell}
            style={{ left: (place % columns) * (cellWidth + GRID_GAP), top: Math.floor(place / columns) * pitch }}
          >
            <div role="presentation" onFocus={() => setFocusedKey(keyOf(item))} onBlur={() => setFocusedKey(null)}>
              {children(item)}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

function getStyles() {
  return {
    scroll: css({ overflowX: 'hidden', overflowY: 'auto', position: 'relative' }),
    content: css({ position: 'relative', margin: 0, padding: 0, listStyle: 'none' }),
    cell: css({ position: 'absolute' }),
  };
}
