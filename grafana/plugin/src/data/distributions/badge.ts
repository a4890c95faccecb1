/** The badge of a comparison: how far it has drifted, or why nobody knows. */
import { colours, severityLevels } from '../../levels.gen';
import type { Comparison, Score } from '../comparison';
import { levelOf } from '../levels';
import { haveSameBins } from './bins';
import { numberText, rowsText } from './numbers';

/** A short text, a word and a colour; the colour is never the only sign. */
export interface Badge {
  /** `▲ 2.3` or, without a score, why: `42 of 100 rows`. */
  readonly text: string;
  /** The level: `ok`, `watch`, `drift`, `strong drift`, or `unknown`; a subject that does not alert says so. */
  readonly word: string;
  readonly colour: string;
  /** The colour of the level where it is text. */
  readonly textColour: string;
  readonly isKnown: boolean;
}

/** Return the badge of a comparison. */
export function badgeOf({ score, reference, current }: Comparison): Badge {
  if (score.severity === null) {
    const colour = colours.unknown;
    const isSilent = score.absentReason === null && score.psi === null;
    const hasOtherBins = reference !== null && current !== null && !haveSameBins(reference.bins, current.bins);
    return { text: isSilent && hasOtherBins ? 'other bins' : absentWords(score), word: 'unknown', colour, textColour: colour, isKnown: false };
  }
  const level = severityLevelOf(score.severity);
  return {
    text: `${level.sign} ${severityText(score.severity)}`.trim(),
    word: score.isExcluded ? `${level.word} (does not alert)` : level.word,
    colour: level.colour,
    textColour: level.textColour,
    isKnown: true,
  };
}

/** Return a severity with one decimal (two below 1), cut and not rounded up where that would be the next level. */
export function severityText(severity: number): string {
  if (severity >= 10_000) {
    return numberText(severity);
  }
  const decimals = severity < 1 ? 2 : severity < 9.95 ? 1 : 0;
  const rounded = severity.toFixed(decimals);
  if (severityLevelOf(Number(rounded)).word === severityLevelOf(severity).word) {
    return rounded;
  }
  return (Math.floor(severity * 10 ** decimals) / 10 ** decimals).toFixed(decimals);
}

interface Level {
  readonly sign: string;
  readonly word: string;
  readonly colour: string;
  readonly textColour: string;
}

function severityLevelOf(severity: number): Level {
  const level = levelOf(severity, severityLevels) ?? severityLevels[0];
  const { sign, word, colour } = level;
  return { sign, word, colour, textColour: 'textColour' in level ? level.textColour : colour };
}

/** Return why there is no severity; where nobody says, the PSI if it is known. */
export function absentWords({ absentReason, rows, requiredRows, psi }: Score): string {
  switch (absentReason) {
    case 'rows':
      return rows === null || requiredRows === null
        ? 'too few rows'
        : `${rowsText(rows)} of ${rowsText(requiredRows)} rows`;
    case 'profile':
      return 'no profile to compare with';
    case 'overflow':
      return 'more rows than can be counted';
    case 'stale':
      return 'the newest report is too old';
    case 'error':
      return 'an error of mlexporter';
    default:
      return psi === null ? 'no score' : `PSI ${numberText(psi)}`;
  }
}
