/** What a model asks of people, as one word. */

import { stateLevels } from '../../levels.gen';

import { levelOf } from '../levels';
import { UNKNOWN } from './numbers';

/** What a model asks for; `unknown` is one that was there in the time range and is gone now. */
export type ModelState = 'page' | 'ticket' | 'drift' | 'no-alert' | 'rules-missing' | 'unknown';

/** The states by the words of the levels; a sign stands before those that somebody was called for. */
const STATES: Readonly<Record<(typeof stateLevels)[number]['word'], ModelState>> = {
  '▲ page': 'page',
  '● ticket': 'ticket',
  drift: 'drift',
  'no alert': 'no-alert',
  'rules missing': 'rules-missing',
};

/** Return the word for a state, as in the dashboards. */
export function wordOf(state: ModelState): string {
  return stateLevels.find(({ word }) => STATES[word] === state)?.word ?? UNKNOWN;
}

/** What the words mean, for who has not seen them before. */
export const STATE_MEANINGS: Readonly<Record<ModelState, string>> = {
  page: 'An alert fires that calls somebody now.',
  ticket: 'An alert fires that somebody looks at by day.',
  drift: 'Something is beyond its threshold, and no alert fires yet.',
  'no-alert': 'The alert rules are loaded, and nothing fires.',
  'rules-missing': 'Nobody knows which alerts fire: Prometheus has not loaded the alert rules. See Setup check.',
  unknown: 'It does not report now.',
};

/** Return the state that a value of `queries.models.state` stands for. */
export function stateOf(value: number | null): ModelState {
  const level = levelOf(value, stateLevels);
  return level === null ? 'unknown' : STATES[level.word];
}
