/** A comparison in words: for tooltips and for the sentence of a screen reader. */
import type { Bin, Comparison, ComparisonState, Contribution } from '../comparison';
import { badgeOf, severityText } from './badge';
import { NAMED } from './bins';
import { largestChange } from './contributions';
import { UNKNOWN, numberText, numberedRows, pointsText, shareText } from './numbers';

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
 * 1200 to 1600: 12 % instead of 3 %`.
 */
export function sentenceOf(comparison: Comparison, contributions: readonly Contribution[]): string {
  const { score, title, others } = comparison;
  const known =
    score.severity === null
      ? `no drift score, ${badgeOf(comparison).text}`
      : `drift ${severityText(score.severity)} times its threshold${score.isExcluded ? ', does not alert' : ''}`;
  const change = comparison.state === 'comparable' ? largestChange(contributions) : null;
  const parts = [
    known,
    stateWords(comparison),
    change ? `largest change: ${spokenRange(change.bin)}: ${sharesText(change)}` : '',
    others.length > 0 ? `also ${others.join(', ')}` : '',
  ];
  return `${title}: ${parts.filter((part) => part !== '').join('; ')}`;
}

/** Return one bin in words: `12 % instead of 3 %, +9 points, 41 % of the difference`. */
export function contributionWords(contribution: Contribution): string {
  const { difference, psiShare } = contribution;
  const parts = [
    sharesText(contribution),
    pointsText(difference),
    ...(psiShare === null ? [] : [`${shareText(psiShare)} of the difference`]),
  ];
  return parts.join(', ');
}

/** Return what a bin holds, in words that leave no doubt about its ends: `above 1200, up to 1600`. */
export function rangeWords(bin: Bin): string {
  switch (bin.kind) {
    case 'interval':
      return `above ${endText(bin.low)}, up to ${endText(bin.high)}`;
    case 'below':
      return `${endText(bin.high)} or less, open below`;
    case 'above':
      return `more than ${endText(bin.low)}, open above`;
    case 'atom':
      return `exactly ${endText(bin.low)}`;
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
      return categoryText(bin);
  }
}

/** Return what a bin holds, as short as it can be heard: a screen reader passes over `≤`, `>` and dashes. */
export function spokenRange(bin: Bin): string {
  switch (bin.kind) {
    case 'interval':
      return `${endText(bin.low)} to ${endText(bin.high)}`;
    case 'below':
      return `${endText(bin.high)} or less`;
    case 'above':
      return `more than ${endText(bin.low)}`;
    case 'atom':
      return `exactly ${endText(bin.low)}`;
    case 'any':
      return 'any value';
    case 'category':
      return categoryText(bin);
    default:
      return bin.kind;
  }
}

/** A category may be called `missing`: it is not the bin of what is missing. */
function categoryText({ range }: Bin): string {
  return NAMED.some((name) => name === range) ? `“${range}”` : range;
}

function sharesText({ currentShare, referenceShare }: Contribution): string {
  return `${shareText(currentShare)} instead of ${shareText(referenceShare)}`;
}

/** Ends come from texts of six digits: all of them are shown. */
function endText(end: number | null): string {
  return end === null ? UNKNOWN : String(end);
}

/** Return a text with a capital at its beginning. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
