/**
 * Features, and outputs, whose drift is known: rows by bin that are drawn from known distributions.
 *
 * Nothing is imported and all numbers follow from a seed: a page looks the same every time.
 */

/** Where the values of a feature come from: the share of rows at or below a value. */
export type Cumulative = (value: number) => number;

/** A feature, or an output, with its two sides and its score. */
export interface Specimen {
  readonly feature: string;
  readonly ranges: readonly string[];
  readonly reference: readonly number[] | null;
  readonly current: readonly number[] | null;
  readonly expected?: readonly number[];
  readonly severity?: number;
  readonly effect?: number;
  readonly threshold?: number;
  readonly psi?: number;
  readonly importance?: number;
  readonly absent?: string;
  readonly rows?: number;
  readonly isExcluded?: boolean;
  /** Profile of the reference and of the current rows, where they differ. */
  readonly profiles?: readonly [string, string];
  readonly modelVersion?: string;
}

export const TRAINING_ROWS = 20_000;
export const CURRENT_ROWS = 3_200;

/** Probabilities of the exporter's edges: even in the middle, fine in the tails. */
const PROBABILITIES = [
  0.005, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.995,
];

/** Numbers in [0, 1) that follow from the seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

/** Normal distribution, by the logistic curve that is within 0.0002 of it (bowling2009). */
export function normal(mean: number, deviation: number): Cumulative {
  return (value) => {
    const z = (value - mean) / deviation;
    return 1 / (1 + Math.exp(-(0.07056 * z ** 3 + 1.5976 * z)));
  };
}

export function logNormal(middle: number, deviation: number): Cumulative {
  const inner = normal(Math.log(middle), deviation);
  return (value) => (value <= 0 ? 0 : inner(Math.log(value)));
}

export function mixture(parts: ReadonlyArray<readonly [number, Cumulative]>): Cumulative {
  return (value) => parts.reduce((sum, [weight, part]) => sum + weight * part(value), 0);
}

/** The value below which the share lies, by halving. */
function quantile(cumulative: Cumulative, share: number): number {
  let [low, high] = [-1e7, 1e7];
  for (let step = 0; step < 90; step += 1) {
    const middle = (low + high) / 2;
    if (cumulative(middle) < share) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return Number(high.toPrecision(3));
}

function edgesOf(cumulative: Cumulative): number[] {
  return [...new Set(PROBABILITIES.map((share) => quantile(cumulative, share)))].sort((a, b) => a - b);
}

export function numericRanges(edges: readonly number[], atoms: readonly number[] = []): string[] {
  const texts = edges.map(String);
  const middle = edges.slice(1).map((high, index) => {
    const low = edges[index] ?? 0;
    const atom = atoms.find((value) => value > low && value < high);
    return atom === undefined ? `${texts[index]} – ${texts[index + 1]}` : `= ${atom}`;
  });
  return [`≤ ${texts[0]}`, ...middle, `> ${texts[texts.length - 1]}`, 'missing', 'invalid'];
}

/** Rows by bin, with the noise that sampling has; `missing` and `invalid` are shares of all rows. */
export function rowsOf(shares: readonly number[], rows: number, seed: number, missing = 0.004, invalid = 0): number[] {
  const next = seeded(seed);
  const withValue = rows * (1 - missing - invalid);
  const counts = shares.map((share) => {
    const mean = share * withValue;
    const noise = (next() + next() + next() - 1.5) * 2 * Math.sqrt(mean);
    return Math.max(0, Math.round(mean + noise));
  });
  return [...counts, Math.round(missing * rows), Math.round(invalid * rows)];
}

function sharesBetween(cumulative: Cumulative, edges: readonly number[]): number[] {
  const at = [0, ...edges.map(cumulative), 1];
  return at.slice(1).map((upper, index) => Math.max(0, upper - (at[index] ?? 0)));
}

interface NumericOptions extends Partial<Omit<Specimen, 'expected'>> {
  readonly was: Cumulative;
  readonly is?: Cumulative;
  readonly expect?: Cumulative;
  readonly missing?: readonly [number, number];
  readonly invalid?: number;
  readonly currentRows?: number;
}

export function numeric(feature: string, seed: number, options: NumericOptions): Specimen {
  const { was, is, expect, missing = [0.004, 0.004], invalid = 0, currentRows = CURRENT_ROWS, ...rest } = options;
  const edges = edgesOf(was);
  const expected = expect && rowsOf(sharesBetween(expect, edges), currentRows, seed + 2, missing[0]);
  return {
    feature,
    ranges: numericRanges(edges),
    reference: rowsOf(sharesBetween(was, edges), TRAINING_ROWS, seed, missing[0]),
    current: rowsOf(sharesBetween(is ?? was, edges), currentRows, seed + 1, missing[1], invalid),
    threshold: 0.2,
    ...(expected && { expected }),
    ...rest,
  };
}

interface CategoryOptions extends Partial<Specimen> {
  readonly names: readonly string[];
  readonly was: readonly number[];
  readonly is: readonly number[];
  readonly missing?: readonly [number, number];
}

/** Categories; the last two shares are of `other` and `unseen`. */
export function categories(feature: string, seed: number, options: CategoryOptions): Specimen {
  const { names, was, is, missing = [0.001, 0.001], ...rest } = options;
  return {
    feature,
    ranges: [...names, 'other', 'unseen', 'missing', 'invalid'],
    reference: rowsOf(was, TRAINING_ROWS, seed, missing[0]),
    current: rowsOf(is, CURRENT_ROWS, seed + 1, missing[1]),
    threshold: 0.2,
    ...rest,
  };
}

/** Numbers with an atom at 0: many rows have exactly that value. */
export function withZeros(feature: string, seed: number, was: number, is: number, rest: Partial<Specimen>): Specimen {
  const edges = [-1e-37, 1e-37, 5, 15, 30, 45, 60, 90, 120, 180, 360];
  const shape = sharesBetween(logNormal(40, 0.9), edges.slice(2));
  const shares = (zeros: number): number[] => [0, zeros, ...shape.map((share) => share * (1 - zeros))];
  return {
    feature,
    ranges: ['≤ 0', '= 0', '0 – 5', ...numericRanges(edges.slice(2)).slice(1)],
    reference: rowsOf(shares(was), TRAINING_ROWS, seed),
    current: rowsOf(shares(is), CURRENT_ROWS, seed + 1),
    threshold: 0.2,
    ...rest,
  };
}
