/** How numbers are written: the units and decimals of the dashboards. */

import { formattedValueToString, getValueFormat } from '@grafana/data';

import { UNKNOWN } from '../distributions/numbers';

export { UNKNOWN };

type Writer = (value: number | null) => string;

/** Return what writes numbers with a unit of Grafana. */
function writer(unit: string, decimals?: number): Writer {
  const format = getValueFormat(unit);
  return (value) =>
    value === null || Number.isNaN(value) ? UNKNOWN : formattedValueToString(format(value, decimals));
}

/** `0.0123` as `1.23%`. */
export const asShare = writer('percentunit', 2);

/** Seconds as `82.1 ms`, `190 ms` or `3.1 weeks`. */
export function asDuration(seconds: number | null): string {
  const exact = asTenths(seconds);
  // From 100 on a tenth says nothing, and takes the place of the unit.
  return Number.parseFloat(exact) >= 100 ? asWhole(seconds) : exact;
}

const asTenths = writer('s', 1);
const asWhole = writer('s', 0);

/** `12345.6` as `12,345.6`. */
export const asAmount = writer('locale', 1);

/** `3` as `3`. */
export const asCount = writer('locale', 0);

/** `1.2345` as `1.2`: of severities, burn rates and losses. */
export const asRatio = writer('none', 1);

/** `0.81234` as `0.812`: of qualities. */
export const asQuality = writer('none', 3);

/** The age of a profile; below 0 says that there is none. */
export function asProfileAge(seconds: number | null): string {
  return seconds !== null && seconds < 0 ? 'no profile' : asDuration(seconds);
}
