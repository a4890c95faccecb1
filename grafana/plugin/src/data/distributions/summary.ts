/** A comparison in words: for tooltips and for the sentence of a screen reader. */
import type { Bin, Comparison, ComparisonState, Contribution } from '../comparison';
import { badgeOf, severityText } from './badge';
import { largestChange } from './contributions';
import { numberText, numberedRows, pointsText, shareText } from './numbers';

export { badgeOf, type Badge } from './badge';

const STATES: Readonly<Record<ComparisonState, string>> = {
  comparable: '',
  'no-reference': 'no reference to compare with',
  'no-current': 'no counts in this window',
  'other-profile': 'counted in bins of another profile than the reference',
  'no-rows': 'no rows in this window',
};

/** Return why a comparison cannot be drawn in full, in a few words; '' where it can. */
export function stateWords({ state }: Comparison): string {
  return STATES[state];
}

/** Return the lines of a badge's tooltip: only what is known. */
export function scoreLines({ score }: Comparison): string[] {
  const line = (name: string, value: number | null, unit: string) =>
    value === null ? [] : [`${name} ${numberText(value)}${unit}`];
  return [
    ...(score.severity === null ? [] : [`Drift ${severityText(score.severity)} times its threshold`]),
    ...line('Effect', score.effect, ' standard deviations'),
    ...line('Threshold', score.threshold, ' standard deviations'),
    ...line('PSI', score.psi, ''),
    ...line('Importance', score.importance, ''),
    ...(score.rows === null ? [] : [`${capital(numberedRows(score.rows))} with a value`]),
    ...(score.isExcluded ? ['Does not alert'] : []),
  ];
}

/**
 * Return what a multiple shows in one sentence: `distance: drift 6.0 times its threshold; largest change:
 * 1200 – 1600 miles 12 % instead of 3 %`.
 *
 * @param unit Stands behind the numbers of a range; '' for none.
 */
export function sentenceOf(comparison: Comparison, contributions: readonly Contribution[], unit = ''): string {
  const { score, title, others } = comparison;
  const known =
    score.severity === null
      ? `no drift score, ${badgeOf(comparison).text}`
      : `drift ${severityText(score.severity)} times its threshold${score.isExcluded ? ', does not alert' : ''}`;
  const change = comparison.state === 'comparable' ? largestChange(contributions) : null;
  const parts = [
    known,
    stateWords(comparison),
    change ? `largest change: ${rangeText(change.bin, unit)} ${sharesText(change)}` : '',
    others.length > 0 ? `also ${others.join(', ')}` : '',
  ];
  return `${title}: ${parts.filter((part) => part !== '').join('; ')}`;
}

/** Return one bin in words: `1200 – 1600: 12 % instead of 3 %, +9 points, 41 % of the difference`. */
export function contributionWords(contribution: Contribution, unit = ''): string {
  const { bin, difference, psiShare } = contribution;
  const parts = [
    sharesText(contribution),
    pointsText(difference),
    ...(psiShare === null ? [] : [`${shareText(psiShare)} of the difference`]),
  ];
  return `${rangeText(bin, unit)}: ${parts.join(', ')}`;
}

/** Return what a bin holds, in words that leave no doubt about its ends: `above 1200, up to 1600 miles`. */
export function rangeWords(bin: Bin, unit = ''): string {
  const behind = unit ? ` ${unit}` : '';
  switch (bin.kind) {
    case 'interval':
      return `above ${endText(bin.low)}, up to ${endText(bin.high)}${behind}`;
    case 'below':
      return `${endText(bin.high)}${behind} or less, open below`;
    case 'above':
      return `more than ${endText(bin.low)}${behind}, open above`;
    case 'atom':
      return `exactly ${endText(bin.low)}${behind}`;
    case 'any':
      return 'any value';
    case 'other':
      return 'other known categories';
    case 'unseen':
      return 'categories that the reference does not have';
    case 'missing':
      return 'missing values';
    case 'invalid':
      return 'values that cannot be read';
    case 'category':
      return bin.range;
  }
}

/** The range as the exporter writes it, and its unit. */
function rangeText(bin: Bin, unit: string): string {
  return unit && (bin.low !== null || bin.high !== null) ? `${bin.range} ${unit}` : bin.range;
}

function sharesText({ currentShare, referenceShare }: Contribution): string {
  return `${shareText(currentShare)} instead of ${shareText(referenceShare)}`;
}

/** Ends come from texts of six digits: all of them are shown. */
function endText(end: number | null): string {
  return end === null ? '–' : String(end);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
