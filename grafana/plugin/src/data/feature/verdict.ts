/** What happened to a feature, in words. */

import { severityLevels } from '../../levels.gen';
import { severityText } from '../distributions/badge';
import { numberText, rowsText } from '../distributions/numbers';
import { levelOf } from '../levels';
import { asDuration } from '../models/numbers';

import { worstWindow, type WindowRow } from './windows';

/** Whether drift of the feature rings: 0 it does, 1 it is excluded, 2 a person knows of it. */
export type Ringing = 0 | 1 | 2;

/** Return what the number of the query `alerts` means; null where it says nothing. */
export function ringingOf(value: number | null): Ringing | null {
  return value === 0 || value === 1 || value === 2 ? value : null;
}

/** Return one or two sentences about a feature. */
export function verdict(feature: string, rows: readonly WindowRow[], driftedFor: number | null, ringing: Ringing | null): string {
  const worst = worstWindow(rows);
  const severity = worst?.severity ?? null;
  if (worst === null || severity === null) {
    // The longest window is the first to hold rows enough.
    const longest = rows[rows.length - 1];
    return longest === undefined
      ? `Nothing is known of ${feature}: no exporter tells of it.`
      : `${feature} has no score yet: ${absentWords(longest)}.`;
  }
  const against = worst.against === 'baseline' ? 'the baseline' : 'training';
  const quiet = ringing === 1 ? ' It is excluded: no alert rings for it.' : ringing === 2 ? ' A person has acknowledged it: no alert rings until it ends.' : '';
  if (severity <= 0) {
    return `${feature} has not drifted in any window.${quiet}`;
  }
  if (severity < 1) {
    const near = severity >= 0.5 ? ', which is more than half of the way' : '';
    return `${feature} has not drifted: the worst window, ${worst.window}, is at ${severityText(severity)} of its threshold${near}.${quiet}`;
  }
  const since = driftedFor !== null && driftedFor > 0 ? `, for ${asDuration(driftedFor)} at least` : '';
  const unit = worst.unitFactor === null ? '' : ` Another unit would explain it: values are as if multiplied by ${numberText(worst.unitFactor)}.`;
  return `${feature} has drifted from ${against}: surely ${severityText(severity)} times as far as matters, in the window ${worst.window}${since}.${unit}${quiet}`;
}

/** Return the word of a severity. */
export function severityWord(severity: number | null): string {
  return levelOf(severity, severityLevels)?.word ?? 'unknown';
}

/** Return why a window has no score. */
export function absentWords(row: WindowRow): string {
  switch (row.absentReason) {
    case 'rows':
      return row.rows === null || row.requiredRows === null
        ? 'too few rows'
        : `${rowsText(row.rows)} of ${rowsText(row.requiredRows)} rows in the window ${row.window}`;
    case 'profile':
      return 'the profile has too few rows of it';
    case 'overflow':
      return 'there are more rows than can be counted';
    case 'stale':
      return 'the newest evaluation is too old';
    case 'error':
      return 'mlexporter failed to compute it';
    default:
      return 'nobody says why';
  }
}
