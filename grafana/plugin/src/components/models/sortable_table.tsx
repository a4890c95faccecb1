import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Tooltip, useStyles2 } from '@grafana/ui';
import React, { useState, type ReactNode } from 'react';

import { ordered, type Direction, type Sortable } from '../../data/models/order';

/** A column of a table that readers can order by. */
export interface TableColumn<Row> extends Sortable<Row> {
  readonly id: string;
  readonly title: string;
  /** Shown when somebody asks what the title means. */
  readonly meaning: string;
  /** Numbers stand right, and are first ordered from the largest down. */
  readonly isNumber: boolean;
  /** Names a row for screen readers: one column of each table. */
  readonly isHeader?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

/** What a table is ordered by. */
interface TableOrder {
  readonly column: string;
  readonly direction: Direction;
}

interface SortableTableProps<Row> {
  /** What the table is, for who can not see it. */
  readonly name: string;
  readonly columns: ReadonlyArray<TableColumn<Row>>;
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly firstOrder: TableOrder;
}

/** A table whose rows are ordered by the column that somebody chooses, by mouse or keyboard. */
export function SortableTable<Row>({ name, columns, rows, keyOf, firstOrder }: SortableTableProps<Row>) {
  const styles = useStyles2(stylesOf);
  const [order, setOrder] = useState<TableOrder>(firstOrder);
  const chosen = columns.find(({ id }) => id === order.column);
  const sorted = chosen === undefined ? rows : ordered(rows, chosen, order.direction);
  const arrow = (id: string, side: string) =>
    id === order.column && (
      <span className={cx(styles.arrow, side)} aria-hidden="true">
        {ARROWS[order.direction]}
      </span>
    );
  return (
    <div className={styles.scroll}>
      <table className={styles.table} aria-label={name}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={cx(column.isNumber && styles.number)}
                aria-sort={column.id === order.column ? order.direction : 'none'}
              >
                <Tooltip content={column.meaning}>
                  <button type="button" className={styles.sort} onClick={() => setOrder(nextOrder(order, column))}>
                    {column.isNumber && arrow(column.id, styles.before)}
                    {column.title}
                    {!column.isNumber && arrow(column.id, styles.after)}
                  </button>
                </Tooltip>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) =>
                column.isHeader ? (
                  <th key={column.id} scope="row" className={styles.name}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.id} className={cx(column.isNumber && styles.number)}>
                    {column.cell(row)}
                  </td>
                )
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const ARROWS: Readonly<Record<Direction, string>> = { ascending: '↑', descending: '↓' };

function nextOrder<Row>(order: TableOrder, column: TableColumn<Row>): TableOrder {
  if (column.id !== order.column) {
    return { column: column.id, direction: column.isNumber ? 'descending' : 'ascending' };
  }
  return { column: column.id, direction: order.direction === 'ascending' ? 'descending' : 'ascending' };
}

const stylesOf = (theme: GrafanaTheme2) => ({
  scroll: css({
    overflowX: 'auto',
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    // Where there is more to the side, that edge is dark: the covers scroll along with the table, the shadows stay.
    background: [
      `linear-gradient(to right, ${theme.colors.background.primary} 40%, transparent) left / 32px 100% no-repeat local`,
      `linear-gradient(to left, ${theme.colors.background.primary} 40%, transparent) right / 32px 100% no-repeat local`,
      `linear-gradient(to right, ${theme.colors.border.strong}, transparent) left / 12px 100% no-repeat scroll`,
      `linear-gradient(to left, ${theme.colors.border.strong}, transparent) right / 12px 100% no-repeat scroll`,
      theme.colors.background.primary,
    ].join(', '),
  }),
  table: css({
    width: '100%',
    borderCollapse: 'collapse',
    whiteSpace: 'nowrap',
    'th, td': { padding: theme.spacing(0.75), textAlign: 'left', verticalAlign: 'middle', fontWeight: 'normal' },
    'th:first-child, td:first-child': { paddingLeft: theme.spacing(1) },
    'th:last-child, td:last-child': { paddingRight: theme.spacing(1) },
    // Titles of two words take two lines: columns are as wide as what is in them.
    'thead th': {
      whiteSpace: 'normal',
      lineHeight: 1.25,
      verticalAlign: 'bottom',
      color: theme.colors.text.secondary,
      borderBottom: `1px solid ${theme.colors.border.medium}`,
    },
    // A link in a row covers the whole row: `position` holds it in.
    'tbody tr': { position: 'relative', borderTop: `1px solid ${theme.colors.border.weak}` },
    'tbody tr:hover': { backgroundColor: theme.colors.action.hover },
    'tbody tr:focus-within': { backgroundColor: theme.colors.action.hover },
  }),
  number: css({ '&&': { textAlign: 'right' }, fontVariantNumeric: 'tabular-nums' }),
  name: css({ '&&': { fontWeight: theme.typography.fontWeightMedium } }),
  sort: css({
    position: 'relative',
    border: 0,
    padding: 0,
    background: 'none',
    font: 'inherit',
    color: 'inherit',
    textAlign: 'inherit',
    cursor: 'pointer',
    '&:hover': { color: theme.colors.text.primary },
  }),
  // Beside the title, in what is free between columns: a title is as wide whether it orders or not.
  arrow: css({ position: 'absolute', bottom: 0, width: '0.75em', textAlign: 'center' }),
  before: css({ right: '100%' }),
  after: css({ left: '100%' }),
});

/** Makes a link cover its row. */
export const rowLink = css({ '&::after': { content: '""', position: 'absolute', inset: 0 } });
