/** Which two versions are compared where nobody has chosen. */

/** Two versions: B beside A. */
export interface Pair {
  readonly a: string;
  readonly b: string;
}

/** Starts that are no further apart are of one rollout: which of the versions is newer is then told by their names. */
const SAME_START_SECONDS = 300;

const NAMES = new Intl.Collator('en', { numeric: true });

/**
 * Return the two versions to compare where A and B are the same, as they are before anybody chooses: the newest
 * as B, the one before it as A. A choice of B is kept.
 *
 * @param versions - Those that serve.
 * @param chosen - What is compared now.
 * @param age - Seconds since the newest worker of a version began; undefined where it is not known.
 * @returns The pair to compare; null where it is well as it is, or there is only one version.
 */
export function betterPair(versions: readonly string[], chosen: Pair, age: (version: string) => number | undefined): Pair | null {
  if (chosen.a !== chosen.b || versions.length < 2) {
    return null;
  }
  const newest = newestFirst(versions, age);
  // The first of the list is what a variable has before anybody chooses.
  const b = chosen.b === versions[0] ? newest[0] : chosen.b;
  const a = newest.find((version) => version !== b);
  return a === undefined || b === undefined ? null : { a, b };
}

/** Return versions in the order of their starts, the newest first; those of one rollout by name, `10` above `9`. */
export function newestFirst(versions: readonly string[], age: (version: string) => number | undefined): readonly string[] {
  const started = (version: string) => Math.round((age(version) ?? Infinity) / SAME_START_SECONDS);
  return [...versions].sort((one, other) => {
    const [first, second] = [started(one), started(other)];
    return first === second ? NAMES.compare(other, one) : first - second;
  });
}
