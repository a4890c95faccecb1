/** How loud a number is, by the levels that the dashboards have too. */

import { anyLevels, colours, severityLevels } from '../../levels.gen';

import { levelOf, type Level } from '../levels';

/** How loud something is: `calm` has no colour. */
export type Tone = 'calm' | 'watch' | 'bad' | 'worse';

/** As in `levels.gen.ts`. */
interface ColouredLevel extends Level {
  readonly colour: string;
}

const TONES: ReadonlyMap<string, Tone> = new Map<string, Tone>([
  [colours.watch, 'watch'],
  [colours.bad, 'bad'],
  [colours.worse, 'worse'],
]);

/** Return how loud a value is; what is not known is calm. */
export function toneOf(value: number | null, levels: readonly ColouredLevel[]): Tone {
  return TONES.get(levelOf(value, levels)?.colour ?? '') ?? 'calm';
}

/** Return how loud a severity is, or a loss in tolerances: 1 is where the alert is. */
export function toneOfSeverity(severity: number | null): Tone {
  return toneOf(severity, severityLevels);
}

/** Return how loud a count of things is that should not be there. */
export function toneOfAny(count: number | null): Tone {
  return toneOf(count, anyLevels);
}
