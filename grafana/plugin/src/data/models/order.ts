/** How rows of a table are ordered and searched. */

export type Direction = 'ascending' | 'descending';

/** A column that rows can be ordered by. */
export interface Sortable<Row> {
  /** What is compared; null is not known, and stays last in both directions. */
  readonly sortBy: (row: Row) => number | string | null;
}

const TEXT = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/**
 * Return the rows in the order of a column, equal ones in the order that they came in.
 *
 * Rows whose value is not known are last whatever the direction is: they are neither best nor worst.
 */
export function ordered<Row>(rows: readonly Row[], column: Sortable<Row>, direction: Direction): Row[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return [...rows].sort((one, other) => {
    const left = column.sortBy(one);
    const right = column.sortBy(other);
    if (left === null || right === null) {
      return Number(left === null) - Number(right === null);
    }
    return sign * compared(left, right);
  });
}

/** Return the rows that have every word of `search` in what `textOf` says of them, in whatever case. */
export function searched<Row>(rows: readonly Row[], search: string, textOf: (row: Row) => string): readonly Row[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) {
    return rows;
  }
  return rows.filter((row) => {
    const text = textOf(row).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function compared(left: number | string, right: number | string): number {
  if (typeof left === 'number' && typeof right === 'number') {
    return left === right ? 0 : left < right ? -1 : 1;
  }
  return TEXT.compare(String(left), String(right));
}
