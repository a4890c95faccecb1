/** The line under the title of a plot. */
import { type Comparison, type Contribution } from '../../data/comparison';
import { numberText, rowsText } from '../../data/distributions/numbers';
import { largestChange } from '../../data/distributions/contributions';
import { contributionWords, stateWords } from '../../data/distributions/summary';

/**
 * What matters beside the badge, most important first; empty where nothing is known.
 *
 * @param contributions Named with the bin that changed most; empty where there is no room for it.
 */
export function notesOf(comparison: Comparison, contributions: readonly Contribution[] = []): string[] {
  const { score, current, others, state } = comparison;
  const notes: string[] = [];
  if (score.isExcluded && score.severity === null) {
    notes.push('not alerted on');
  }
  if (score.absentReason === 'rows') {
    notes.push('too few rows for a score');
  }
  if (state !== 'comparable') {
    notes.push(state === 'other-profile' ? 'bins of another profile: not comparable' : stateWords(comparison));
  }
  if (score.severity !== null && score.effect !== null && score.threshold !== null) {
    notes.push(effectWords(score.severity, score.effect, score.threshold));
  }
  const change = largestChange(contributions);
  if (change !== null && state === 'comparable' && score.absentReason === null) {
    notes.push(`most changed: ${change.bin.range}: ${contributionWords(change)}`);
  }
  if (others.length > 0) {
    notes.push(`also ${others.join(', ')}`);
  }
  const rows = score.rows ?? current?.total ?? null;
  if (rows !== null && rows > 0 && score.absentReason !== 'rows') {
    notes.push(`${rowsText(rows)} rows`);
  }
  return notes.filter((note) => note !== '');
}

/** Severity is the lower bound of the effect in thresholds: a large effect of few rows may be chance. */
function effectWords(severity: number, effect: number, threshold: number): string {
  return severity > 0
    ? `at least ${numberText(Number((severity * threshold).toPrecision(2)))} SD, alert at ${numberText(threshold)} SD`
    : `${numberText(effect)} SD, within chance`;
}

/** Width of a character of the line of notes, in pixels, estimated. */
const CHARACTER_WIDTH = 6.4;

/** The first notes, as many as fit in a width: one cut in the middle would only look like a number. */
export function fittingNotes(notes: readonly string[], width: number): string {
  return notes.reduce((text, note) => {
    const longer = text === '' ? note : `${text} · ${note}`;
    return text === '' || longer.length * CHARACTER_WIDTH <= width ? longer : text;
  }, '');
}
