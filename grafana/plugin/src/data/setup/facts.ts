/** What the set-up check knows: everything that was asked, and what came of it. */

import { type Sample } from './samples';

/** What came of asking: the answer, or why there is none. */
export type Told<T> = { readonly isKnown: true; readonly value: T } | { readonly isKnown: false; readonly why: string };

/** A data source that may answer PromQL. */
export interface Source {
  readonly uid: string;
  readonly name: string;
  readonly isDefault: boolean;
  /** Its *Scrape interval* as it was typed, such as `15s`; empty where nobody did. */
  readonly timeInterval: string;
  /** Labels of exemplars that are links to traces. */
  readonly exemplarLabels: readonly string[];
  /** How many exporters it knows; not known where it does not answer. */
  readonly exporters: Told<number>;
}

/** A data source of traces. */
export interface TraceSource {
  readonly uid: string;
  readonly name: string;
}

/** What Prometheus is. */
export interface ServerBuild {
  readonly version: string;
  /** What it is where it is not Prometheus: `Grafana Mimir`; empty else. */
  readonly application: string;
}

/** A rule that Prometheus has loaded. */
export interface LoadedRule {
  readonly group: string;
  readonly name: string;
  readonly isRecording: boolean;
  /** What went wrong in its last evaluation; empty where nothing did. */
  readonly error: string;
}

/** The names of the queries of the check, as Python writes them. */
export type SetupQuery =
  | 'exporters' | 'exportersLately' | 'up' | 'targets' | 'targetsDown' | 'ruleAge' | 'watchdog' | 'models' | 'profiles'
  | 'scored' | 'absent' | 'absentRows' | 'requiredRows' | 'degraded' | 'singleWorker' | 'workers' | 'reload' | 'scrapes'
  | 'exemplarStorage' | 'prometheusVersion' | 'internalErrors';

/** What this version of mlexporter writes into rule files. */
export interface GeneratedRules {
  /** Names of recorded series by the name of their group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

/** Something that not everybody needs. */
export interface OptionalPart {
  /** As what it is when it is there: `A latency threshold`. */
  readonly name: string;
  /** How it begins. */
  readonly without: string;
  readonly isThere: boolean;
}

/** All of it. */
export interface Facts {
  /** Version of this app, which is that of mlexporter from which it was made. */
  readonly pluginVersion: string;
  readonly generated: GeneratedRules;
  readonly sources: readonly Source[];
  /** The data source that is looked at; null where there is none. */
  readonly chosen: Source | null;
  readonly traceSources: readonly TraceSource[];
  /** Answers of queries of the chosen data source. */
  readonly answers: Readonly<Partial<Record<SetupQuery, Told<readonly Sample[]>>>>;
  /** Flags with which Prometheus was started. */
  readonly flags: Told<Readonly<Record<string, string>>>;
  readonly build: Told<ServerBuild>;
  readonly rules: Told<readonly LoadedRule[]>;
  readonly options: readonly OptionalPart[];
  /** Exemplars of durations in the time range. */
  readonly exemplars: Told<number>;
}

/** Return what is known. */
export function told<T>(value: T): Told<T> {
  return { isKnown: true, value };
}

/** Return that something is not known, and why. */
export function untold<T>(why: string): Told<T> {
  return { isKnown: false, why };
}

/** Return the samples of a query; none where it was not answered, which the check of the data source tells. */
export function samplesFor(facts: Facts, query: SetupQuery): readonly Sample[] {
  const answer = facts.answers[query];
  return answer?.isKnown === true ? answer.value : [];
}

/** Return whether the chosen data source answers at all. */
export function doesAnswer(facts: Facts): boolean {
  return facts.answers.exporters?.isKnown === true;
}

/** Return why a query was not answered; null where it was. */
export function refusal(facts: Facts, query: SetupQuery): string | null {
  const answer = facts.answers[query];
  if (answer === undefined) {
    return 'it has not been asked';
  }
  return answer.isKnown ? null : answer.why;
}

/** Return whether any exporter is there now. */
export function hasExporters(facts: Facts): boolean {
  return samplesFor(facts, 'exporters').length > 0;
}
