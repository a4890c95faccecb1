/** What the compare panel draws: the words that data code and components share. */

/** What a bin holds. Numbers have intervals `(low, high]`; the first and last one are open. */
export type BinKind =
  | 'interval'
  | 'atom'
  | 'below'
  | 'above'
  | 'any'
  | 'category'
  | 'other'
  | 'unseen'
  | 'missing'
  | 'invalid';

/** One bin, as the label `range` of the reference says it. */
export interface Bin {
  /** The label `bin`; text order is the order of the bins. */
  readonly id: string;
  /** What it holds, for people: `1.07 – 1.46`, `AA`, `missing`. */
  readonly range: string;
  readonly kind: BinKind;
  /** Lower end, exclusive; null where it is open or not a number. */
  readonly low: number | null;
  /** Upper end, inclusive; null where it is open or not a number. */
  readonly high: number | null;
}

/** Rows by bin, in the order of `bins`; counts may be fractions, as `increase` extrapolates. */
export interface Side {
  readonly bins: readonly Bin[];
  /** Rows, >= 0, aligned with `bins`. */
  readonly counts: readonly number[];
  /** Rows whose value has a shape: neither missing nor invalid. */
  readonly shapeTotal: number;
  /** All rows. */
  readonly total: number;
  /** What these rows are, for people: `training`, `expected now`, `version 2013.2`. */
  readonly name: string;
}

/** Why a subject cannot be compared, or that it can. */
export type ComparisonState =
  | 'comparable'
  | 'no-reference'
  | 'no-current'
  | 'other-profile'
  | 'no-rows';

/** How far a subject has drifted, as the exporter says; each part is null where it is unknown. */
export interface Score {
  /** Lower bound of the effect divided by its threshold; above 1 is drift. */
  readonly severity: number | null;
  /** Standard deviations of the reference. */
  readonly effect: number | null;
  /** Standard deviations; smallest effect that matters. */
  readonly threshold: number | null;
  readonly psi: number | null;
  readonly importance: number | null;
  /** Rows of the window that have a value, and rows that a score needs. */
  readonly rows: number | null;
  readonly requiredRows: number | null;
  /** Why there is no score: `rows`, `profile`, `stale`, `error`; null where there is one or nobody says. */
  readonly absentReason: string | null;
  /** Its drift is shown and does not alert. */
  readonly isExcluded: boolean;
}

/** One subject (a feature, or an output and its class) with its two sides. */
export interface Comparison {
  /** Unique in the panel, and stable from one refresh to the next. */
  readonly key: string;
  /** The label `feature`, or `output`: what a click chooses. */
  readonly subject: string;
  /** What people read: the subject, and its class or version where that tells two apart. */
  readonly title: string;
  readonly isCategorical: boolean;
  readonly modelVersion: string;
  readonly variant: string;
  readonly profile: string;
  readonly state: ComparisonState;
  readonly reference: Side | null;
  /** What the seasons and segments that came let expect; null where the profile knows none. */
  readonly expected: Side | null;
  readonly current: Side | null;
  readonly score: Score;
  /** Other versions or profiles of the same subject that are not drawn: `2013.2 canary: 311 rows`. */
  readonly others: readonly string[];
}

/** What one bin adds to the difference of two sides with the same bins. */
export interface Contribution {
  readonly bin: Bin;
  /** Shares, 0 to 1: of rows with a shape; of all rows for missing and invalid. */
  readonly referenceShare: number;
  readonly currentShare: number;
  /** `currentShare - referenceShare`. */
  readonly difference: number;
  /** Term of the population stability index, >= 0; null for missing and invalid. */
  readonly psiTerm: number | null;
  /** `psiTerm` divided by the sum of all, 0 to 1; null where that sum is 0. */
  readonly psiShare: number | null;
}
