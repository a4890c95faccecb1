/** Asks a server for what no query tells: its flags, rules and build, and whether other data sources know exporters. */

import { untold, type Facts, type Told } from './facts';
import { readBuild, readCount, readExemplars, readFlags, readRules } from './prometheus_answers';

const NO_ANSWER = 'no answer';

/** Gets a path below the API of Prometheus through a data source of Grafana; rejects where there is no answer. */
export type GetThrough = (uid: string, path: string) => Promise<unknown>;

/** What is asked beside the queries. */
export interface Asked {
  /** The data source that is looked at. */
  readonly uid: string;
  /** All data sources that answer PromQL. */
  readonly uids: readonly string[];
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Finds exporters: one series each. */
  readonly exporters: string;
  /** Selector of the series that have exemplars. */
  readonly exemplars: string;
}

/** What the server has said of itself. */
export type ServerFacts = Pick<Facts, 'flags' | 'build' | 'rules' | 'exemplars'> & {
  /** Exporters that each data source knows, by its uid. */
  readonly exporters: Readonly<Record<string, Told<number>>>;
};

/** Return what nobody has been asked for yet. */
export function nothingAsked(why: string): ServerFacts {
  return { flags: untold(why), build: untold(why), rules: untold(why), exemplars: untold(why), exporters: {} };
}

/** Ask all of it at once. It never rejects: what is not answered is not known. */
export async function askServer(get: GetThrough, asked: Asked): Promise<ServerFacts> {
  const { uid, from, to } = asked;
  const query = (values: Readonly<Record<string, string>>) => new URLSearchParams(values).toString();
  const found = `api/v1/query?${query({ query: asked.exporters, time: String(to) })}`;
  const [flags, build, rules, exemplars, counts] = await Promise.all([
    answerOf(get(uid, 'api/v1/status/flags'), readFlags),
    answerOf(get(uid, 'api/v1/status/buildinfo'), readBuild),
    answerOf(get(uid, 'api/v1/rules'), readRules),
    answerOf(get(uid, `api/v1/query_exemplars?${query({ query: asked.exemplars, start: String(from), end: String(to) })}`), readExemplars),
    Promise.all(asked.uids.map(async (each) => [each, await answerOf(get(each, found), readCount)] as const)),
  ]);
  return { flags, build, rules, exemplars, exporters: Object.fromEntries(counts) };
}

async function answerOf<T>(answer: Promise<unknown>, read: (answer: unknown) => Told<T>): Promise<Told<T>> {
  try {
    return read(await answer);
  } catch (error) {
    return untold(reasonOf(error));
  }
}

/** Return why a request of Grafana has failed, in a few words. */
export function reasonOf(error: unknown): string {
  if (!isObject(error)) {
    return typeof error === 'string' && error !== '' ? error : NO_ANSWER;
  }
  const inner = isObject(error['data']) ? error['data'] : {};
  const words = [inner['error'], inner['message'], error['message'], error['statusText']].find(isText) ?? '';
  const number = typeof error['status'] === 'number' ? `status ${error['status']}` : '';
  return [number, words].filter(isText).join(': ') || NO_ANSWER;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** What Grafana says of a failed query. */
export interface QueryFailure {
  readonly refId?: string;
  readonly message?: string;
  readonly data?: { readonly message?: string; readonly error?: string };
}

/** Return why the query of this name failed; null where it did not. A failure without a name is that of all. */
export function failureOf(refId: string, failures: readonly QueryFailure[]): string | null {
  const failure = failures.find((each) => each.refId === refId) ?? failures.find((each) => each.refId === undefined);
  return failure === undefined ? null : (failure.message ?? failure.data?.message ?? failure.data?.error ?? 'no reason given');
}
