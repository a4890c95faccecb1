/** Numbers as people read them. */

/** What stands where nothing is known: it is not the same as 0. */
export const UNKNOWN = '–';
const MINUS = '−';

/**
 * Return a share as a percentage: `12 %`, `3.4 %`, `0.02 %`, `< 0.01 %`, `0 %`.
 *
 * @param share 0 to 1. What is not quite 0 or 1 never reads as 0 % or 100 %.
 */
export function shareText(share: number): string {
  if (!Number.isFinite(share)) {
    return UNKNOWN;
  }
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) {
    return '< 0.01 %';
  }
  if (percent > 99.9 && percent < 100) {
    return '> 99.9 %';
  }
  const decimals = percent < 1 ? 2 : percent < 10 || percent > 99 ? 1 : 0;
  return `${withoutZeros(percent.toFixed(decimals))} %`;
}

/** Return a difference of shares in points: `+9 points`, `−0.4 points`, `+1 point`, `0 points`. */
export function pointsText(difference: number): string {
  if (!Number.isFinite(difference)) {
    return UNKNOWN;
  }
  const size = Math.abs(difference) * 100;
  const digits = withoutZeros(size.toFixed(size < 1 ? 2 : size < 10 ? 1 : 0));
  const sign = digits === '0' ? '' : difference > 0 ? '+' : MINUS;
  return `${sign}${digits} ${digits === '1' ? 'point' : 'points'}`;
}

/** Return a number of rows: `311`, `12,300`, `1.2M`; `increase` makes fractions of them, which are rounded. */
export function rowsText(rows: number): string {
  if (!Number.isFinite(rows)) {
    return UNKNOWN;
  }
  if (rows > 0 && rows < 0.5) {
    return '< 1';
  }
  return rows < 999_999.5 ? Math.round(rows).toString().replace(/\B(?=(\d{3})+$)/g, ',') : numberText(rows);
}

export const UNITS = [
  { size: 1e12, sign: 'T' },
  { size: 1e9, sign: 'G' },
  { size: 1e6, sign: 'M' },
] as const;

/** Return a number with about three digits: `2.3`, `0.041`, `1200`, `1.25M`, `1e-7`. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) {
    return UNKNOWN;
  }
  // 999.6 million is 1G in three digits, and not 1000M.
  const size = Math.abs(Number(value.toPrecision(3)));
  const unit = UNITS.find((each) => size >= each.size);
  if (size >= 1e15 || (size > 0 && size < 1e-3)) {
    return exponentText(value, 2);
  }
  if (unit) {
    return `${withoutZeros((value / unit.size).toPrecision(3))}${unit.sign}`;
  }
  return size >= 100 ? String(Math.round(value)) : withoutZeros(value.toPrecision(3));
}

/** Return `1.5e-7`: a number with that many decimals at most before its exponent. */
export function exponentText(value: number, decimals: number): string {
  const [digits = '', exponent = ''] = value.toExponential(Math.min(Math.max(decimals, 0), 15)).split('e');
  return `${withoutZeros(digits)}e${exponent.replace('+', '')}`;
}

/** Return decimal text without zeros at its end: `3.40` is `3.4`, `3.0` is `3`. */
export function withoutZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** Return `311 rows`, `1 row`. */
export function numberedRows(rows: number): string {
  const text = rowsText(rows);
  return `${text} ${text === '1' ? 'row' : 'rows'}`;
}
