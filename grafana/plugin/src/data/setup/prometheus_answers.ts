/** What Prometheus answers about itself, read with care: other servers answer otherwise, or not at all. */

import { told, untold, type LoadedRule, type ServerBuild, type Told } from './facts';

const OTHERWISE = 'the answer is not that of Prometheus';

/** Return the flags of `/api/v1/status/flags`. */
export function readFlags(answer: unknown): Told<Readonly<Record<string, string>>> {
  const data = dataOf(answer);
  if (!isObject(data)) {
    return untold(OTHERWISE);
  }
  const flags: Record<string, string> = {};
  for (const [name, value] of Object.entries(data)) {
    if (typeof value === 'string') {
      flags[name] = value;
    }
  }
  return told(flags);
}

/** Return the version of `/api/v1/status/buildinfo`; Mimir and others name themselves in `application`. */
export function readBuild(answer: unknown): Told<ServerBuild> {
  const data = dataOf(answer);
  if (!isObject(data) || typeof data['version'] !== 'string') {
    return untold(OTHERWISE);
  }
  const application = data['application'];
  return told({ version: data['version'], application: typeof application === 'string' ? application : '' });
}

/** Return the rules of `/api/v1/rules`. */
export function readRules(answer: unknown): Told<readonly LoadedRule[]> {
  const data = dataOf(answer);
  const groups = isObject(data) ? data['groups'] : undefined;
  if (!Array.isArray(groups)) {
    return untold(OTHERWISE);
  }
  return told(groups.flatMap(rulesOfGroup));
}

/** Return how many exemplars `/api/v1/query_exemplars` found. */
export function readExemplars(answer: unknown): Told<number> {
  const data = dataOf(answer);
  if (!Array.isArray(data)) {
    return untold(OTHERWISE);
  }
  return told(data.reduce((found: number, series: unknown) => found + exemplarsOf(series), 0));
}

/** Return how many series `/api/v1/query` found. */
export function readCount(answer: unknown): Told<number> {
  const data = dataOf(answer);
  const result = isObject(data) ? data['result'] : undefined;
  return Array.isArray(result) ? told(result.length) : untold(OTHERWISE);
}

function exemplarsOf(series: unknown): number {
  const exemplars = isObject(series) ? series['exemplars'] : undefined;
  return Array.isArray(exemplars) ? exemplars.length : 0;
}

function rulesOfGroup(group: unknown): LoadedRule[] {
  if (!isObject(group) || typeof group['name'] !== 'string' || !Array.isArray(group['rules'])) {
    return [];
  }
  const name = group['name'];
  return group['rules'].flatMap((rule: unknown) => {
    if (!isObject(rule) || typeof rule['name'] !== 'string') {
      return [];
    }
    const error = rule['lastError'];
    return [{ group: name, name: rule['name'], isRecording: rule['type'] === 'recording', error: typeof error === 'string' ? error : '' }];
  });
}

function dataOf(answer: unknown): unknown {
  return isObject(answer) && answer['status'] === 'success' ? answer['data'] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
