/** What a model asks of people, as one word. */

import { levelOf } from './levels';

/** What a model asks for; `unknown` is one that was there in the time range and is gone now. */
export type ModelState = 'page' | 'ticket' | 'drift' | 'no-alert' | 'rules-missing' | 'unknown';

/** From which value of `queries.models.state` on a model is in a state: a page outweighs all tickets, they all drift. */
const STATES = [
  { from: null, state: 'rules-missing' },
  { from: -1, state: 'no-alert' },
  { from: 1.000001, state: 'drift' },
  { from: 100, state: 'ticket' },
  { from: 10_000, state: 'page' },
] as const;

/** The words of the states; a sign stands before those that somebody was called for. */
export const STATE_WORDS: Readonly<Record<ModelState, string>> = {
  page: '▲ page',
  ticket: '● ticket',
  drift: 'drift',
  'no-alert': 'no alert',
  'rules-missing': 'rules missing',
  unknown: '–',
};

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
  return levelOf(value, STATES)?.state ?? 'unknown';
}
