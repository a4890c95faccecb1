/** Values of a feature that should not be there: their shares now and in training, and how far they have risen. */

import { type DataFrame } from '@grafana/data';

import { single } from '../models/labelled_values';

/** Kinds of bad values; the names of their queries. */
export const BAD_KINDS = ['missing', 'invalid', 'outOfRange', 'unseen', 'otherType'] as const;
type BadKind = (typeof BAD_KINDS)[number];

interface KindWords {
  readonly title: string;
  readonly meaning: string;
  /** The alert that judges the rise, whose runbook says what to do. */
  readonly alert: string;
}

/** What each kind is, for people. */
export const KIND_WORDS: Readonly<Record<BadKind, KindWords>> = {
  missing: { title: 'missing', meaning: 'absent, None, NaN or NaT', alert: 'MLFeatureMissingHigh' },
  invalid: { title: 'invalid', meaning: 'infinite, or not to be read as a value', alert: 'MLFeatureInvalidHigh' },
  outOfRange: { title: 'out of range', meaning: 'numbers beyond the smallest and largest of training', alert: 'MLFeatureOutOfRangeHigh' },
  unseen: { title: 'unseen', meaning: 'categories that training has not had', alert: 'MLFeatureUnseenCategories' },
  otherType: { title: 'other type', meaning: 'such as text in a number', alert: 'MLFeatureTypeMismatch' },
};

/** One kind; what is null is not known. */
export interface BadRow {
  readonly kind: BadKind;
  /** Share of all rows lately, 0 to 1. */
  readonly now: number | null;
  /** Share of the rows of training, 0 to 1. */
  readonly training: number | null;
  /** Lower bound of the rise (Cohen's h) divided by its threshold: 1 is the alert. */
  readonly rise: number | null;
}

/** refId of the rise of a kind. */
export function riseRef(kind: BadKind): string {
  return `rise_${kind}`;
}

/** refId of the threshold of rises. */
export const LIMIT_REF = 'rise_limit';

/** Return a row for each kind of which anything is known: a number has no unseen categories. */
export function badRows(series: readonly DataFrame[]): readonly BadRow[] {
  const limit = single(series, LIMIT_REF);
  return BAD_KINDS.map((kind) => {
    const rise = single(series, riseRef(kind));
    return {
      kind,
      now: single(series, kind),
      training: kind === 'missing' || kind === 'invalid' ? single(series, `${kind}Reference`) : null,
      rise: rise === null || limit === null || limit <= 0 ? null : rise / limit,
    };
  }).filter(({ now, training, rise }) => now !== null || training !== null || rise !== null);
}
