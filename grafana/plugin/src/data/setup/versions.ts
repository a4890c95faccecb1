/** Versions of programs, compared. */

/** Return the numbers of `0.1.0`, `v3.12.0`, `2.42.0+ds`; null for what begins with no number. */
export function numbersOf(version: string): readonly number[] | null {
  const found = /^v?(\d+(?:\.\d+)*)/.exec(version.trim());
  return found?.[1] === undefined ? null : found[1].split('.').map(Number);
}

/** Return below 0 where `one` is older than `other`, above 0 where it is newer, 0 where equal or where one cannot be told. */
export function compareVersions(one: string, other: string): number {
  const first = numbersOf(one);
  const second = numbersOf(other);
  if (first === null || second === null) {
    return 0;
  }
  for (let place = 0; place < Math.max(first.length, second.length); place += 1) {
    const difference = (first[place] ?? 0) - (second[place] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

/** Return the part of a version that says which series there are: `0.1` of `0.1.7`. Fixes after it change none. */
export function seriesVersion(version: string): string {
  const numbers = numbersOf(version);
  return numbers === null ? version : numbers.slice(0, 2).join('.');
}
