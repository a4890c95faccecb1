/** Which level of a scale a number is on. */

/** From which value a level holds; null begins. */
export interface Level {
  readonly from: number | null;
}

/** Return the level that holds for a value: the last one that begins at or below it; null where nothing is known. */
export function levelOf<L extends Level>(value: number | null, levels: readonly L[]): L | null {
  if (value === null || Number.isNaN(value)) {
    return null;
  }
  return [...levels].reverse().find(({ from }) => from === null || value >= from) ?? null;
}
