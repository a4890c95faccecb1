/** What a check of the set-up says: the words that data code and components share. */

/** How it stands: as it should be; not there; there and wrong; not asked for; not to be told. */
export type CheckState = 'ok' | 'missing' | 'attention' | 'unused' | 'unknown';

/** What a check belongs to, in the order of what needs what. */
export type CheckTopic = 'Data source' | 'Exporters' | 'Rules and alerts' | 'Profiles and scores' | 'Traces';

/** Text to copy. It is right as it stands: no part of it has to be filled in. */
export interface FixBlock {
  /** Where it goes: `prometheus.yml`, `shell`. */
  readonly place: string;
  readonly text: string;
}

/** A link out of the page. */
export interface FixLink {
  readonly text: string;
  /** Path below Grafana's address, or a whole address. */
  readonly href: string;
}

/** What to do. */
export interface Fix {
  /** One or two sentences. */
  readonly words: string;
  readonly blocks: readonly FixBlock[];
  readonly links?: readonly FixLink[];
}

/** One question about the set-up, answered. */
export interface Check {
  readonly id: string;
  readonly topic: CheckTopic;
  /** What is looked at: `Recording rules`. The state says how it is. */
  readonly title: string;
  readonly state: CheckState;
  /** What this state means, in a sentence. */
  readonly meaning: string;
  /** Numbers and names that it rests on; a line each. */
  readonly evidence: readonly string[];
  readonly fix: Fix | null;
}

/** What of a check depends on its answers. */
export type Verdict = Pick<Check, 'state' | 'meaning' | 'evidence' | 'fix'>;

/** Sign and word of a state: colour is never the only sign. */
export const STATE_WORDS: Readonly<Record<CheckState, { readonly sign: string; readonly word: string }>> = {
  missing: { sign: '✗', word: 'missing' },
  attention: { sign: '▲', word: 'attention' },
  unknown: { sign: '?', word: 'unknown' },
  unused: { sign: '–', word: 'not used' },
  ok: { sign: '✓', word: 'ok' },
};

/** States from the worst to the best. */
export const STATES: readonly CheckState[] = ['missing', 'attention', 'unknown', 'unused', 'ok'];

/** Return the checks with the worst first; those of one state stay in their order, in which causes stand before what follows. */
export function worstFirst(checks: readonly Check[]): readonly Check[] {
  return STATES.flatMap((state) => checks.filter((check) => check.state === state));
}

/** Return what is as it should be. */
export function ok(meaning: string, evidence: readonly string[] = []): Verdict {
  return { state: 'ok', meaning, evidence, fix: null };
}

/** Return what is not there, and how it comes. */
export function missing(meaning: string, fix: Fix, evidence: readonly string[] = []): Verdict {
  return { state: 'missing', meaning, evidence, fix };
}

/** Return what is there and wrong, and how it becomes right. */
export function attention(meaning: string, fix: Fix, evidence: readonly string[] = []): Verdict {
  return { state: 'attention', meaning, evidence, fix };
}

/** Return what is a choice, and how to make it. */
export function unused(meaning: string, fix: Fix | null, evidence: readonly string[] = []): Verdict {
  return { state: 'unused', meaning, evidence, fix };
}

/** Return what cannot be told, and why. */
export function unknown(meaning: string, fix: Fix | null = null, evidence: readonly string[] = []): Verdict {
  return { state: 'unknown', meaning, evidence, fix };
}
