/** The numbers on top of the page Feature, of the chosen window, each with words. */

import { severityText } from '../distributions/badge';
import { numberText, rowsText } from '../distributions/numbers';
import { toneOfSeverity, type Tone } from '../models/tones';
import { UNKNOWN } from '../models/numbers';

import { absentWords, severityWord } from './verdict';
import { type WindowRow } from './windows';

/** One number. */
export interface Tile {
  readonly title: string;
  /** What it says, and when it is bad. */
  readonly meaning: string;
  readonly text: string;
  readonly note: string;
  readonly tone: Tone;
  /** True where `text` is a reason rather than a number. */
  readonly isReason: boolean;
}

const DEVIATIONS = 'SD';

/**
 * Return the numbers of a window.
 *
 * @param row - The window; null where nothing is known of it.
 * @param threshold - Smallest effect that matters, in standard deviations; null where it is not known.
 */
export function tilesOf(row: WindowRow | null, threshold: number | null): readonly Tile[] {
  const severity = row?.severity ?? null;
  const smallest = row?.smallest ?? null;
  const isBlind = smallest !== null && threshold !== null && smallest > threshold;
  return [
    severity === null
      ? { title: 'Severity', meaning: SEVERITY, text: row === null ? 'not known of this window' : absentWords(row), note: '', tone: 'calm', isReason: true }
      : tile('Severity', SEVERITY, severityText(severity), severityWord(severity), toneOfSeverity(severity)),
    tile(
      'Effect',
      'How far the feature has moved, in standard deviations of the reference; noise of sampling is taken off.',
      deviations(row?.effect ?? null),
      threshold === null ? 'threshold not known' : `from ${numberText(threshold)} ${DEVIATIONS} on it matters`
    ),
    tile(
      'Lower bound',
      'How far it has moved at least. Divided by the threshold this is the severity. It is the bound of the clearest sign: centre, spread or any bin.',
      deviations(row?.lowerBound ?? null),
      'surely as far as this'
    ),
    tile(
      'Smallest visible',
      'The smallest shift that the rows of the window would have shown in four of five cases.',
      deviations(smallest),
      isBlind ? 'more than matters: too few rows' : 'what these rows can show',
      isBlind ? 'watch' : 'calm'
    ),
    tile(
      'Rows',
      'Rows of the window in which the feature has a value, of all pods.',
      row?.rows === null || row === null ? UNKNOWN : rowsText(row.rows),
      row?.requiredRows === null || row === null ? '' : `${rowsText(row.requiredRows)} are needed`
    ),
    tile(
      'PSI',
      'Population stability index: a widely known distance between two distributions. It has no threshold here, as its size depends on the number of rows; severity judges.',
      row?.psi === null || row === null ? UNKNOWN : numberText(row.psi),
      'for comparison only'
    ),
  ];
}

const SEVERITY = 'Lower bound of the effect divided by the threshold of the feature. Above 1 it has drifted: MLFeatureDrift opens a ticket after 15 minutes.';

function tile(title: string, meaning: string, text: string, note: string, tone: Tone = 'calm'): Tile {
  return { title, meaning, text, note, tone, isReason: false };
}

function deviations(value: number | null): string {
  return value === null ? UNKNOWN : `${numberText(value)} ${DEVIATIONS}`;
}
