/** A data source that asks a real Prometheus, as far as Grafana's does what a page sees of it. */
import type { DataFrame, DataQueryRequest, MetricFindValue, ScopedVars, TimeRange } from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import type { DataQuery } from '@grafana/schema';
import { from, type Observable } from 'rxjs';

import { courses, table, type AnsweredSeries } from './frames';

/** What a query of Prometheus has in Grafana. */
export interface PrometheusQuery extends DataQuery {
  expr?: string;
  instant?: boolean;
  range?: boolean;
  format?: string;
  query?: string;
}

interface Answer {
  status: string;
  error?: string;
  data: unknown;
}

const SCRAPE_INTERVAL_SECONDS = 300;

/** Return values of a variable as they stand in PromQL: several as a regular expression. */
function inPromql(value: unknown, variable: { multi?: boolean; includeAll?: boolean; isMulti?: boolean } = {}): string {
  const escaped = (each: unknown): string => String(each).replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&').replace(/\\/g, '\\\\');
  if (Array.isArray(value)) {
    return value.length === 1 ? escaped(value[0]) : `(${value.map(escaped).join('|')})`;
  }
  const isExpression = variable.multi ?? variable.isMulti ?? variable.includeAll ?? false;
  return isExpression ? escaped(value) : String(value).replace(/\\/g, '\\\\').replace(/"/g, '\\"');
}

/** A Prometheus below a path of this page's server. */
export class PrometheusSource {
  readonly type = 'prometheus';
  readonly meta = { id: 'prometheus', name: 'Prometheus', type: 'datasource', info: { logos: { small: '', large: '' } }, metrics: true };
  readonly id = 1;
  readonly interval = '5m';
  readonly jsonData = {};

  constructor(
    readonly uid: string,
    readonly name: string,
    private readonly path: string
  ) {}

  getRef(): { type: string; uid: string } {
    return { type: this.type, uid: this.uid };
  }

  query = (request: DataQueryRequest<PrometheusQuery>): Observable<{ data: DataFrame[] }> => from(this.answer(request));

  testDatasource = (): Promise<{ status: string; message: string }> => Promise.resolve({ status: 'success', message: '' });

  getResource = (path: string, parameters: Record<string, string> = {}): Promise<unknown> =>
    this.ask(path.replace(/^\/?(api\/v1\/)?/, ''), parameters, true);

  metadataRequest = async (path: string, parameters: Record<string, string> = {}): Promise<{ data: unknown }> => ({
    data: await this.getResource(path, parameters),
  });

  /** Answer a variable: label_values(…) or query_result(…), as text or as Grafana's newer query. */
  metricFindQuery = async (
    query: string | { query?: string },
    options: { range?: TimeRange; scopedVars?: ScopedVars } = {}
  ): Promise<MetricFindValue[]> => {
    const text = getTemplateSrv().replace(typeof query === 'string' ? query : query.query, options.scopedVars, inPromql);
    const range: Record<string, number> = options.range
      ? { start: seconds(options.range.from), end: seconds(options.range.to) }
      : {};
    const values = /^label_values\((?:(.+),)?\s*([a-zA-Z_]\w*)\s*\)$/s.exec(text.trim());
    if (values) {
      const [, matcher, label] = values;
      const found = await this.ask(`label/${String(label)}/values`, {
        ...range,
         ...(matcher ? { 'match[]': matcher.trim() } : {}),
      });
      return (found as string[]).map((value) => ({ text: value }));
    }
    const result = /^query_result\((.*)\)$/s.exec(text.trim());
    if (!result) {
      throw new Error(`the harness does not know this query of a variable: ${text}`);
    }
    const series = await this.instant(String(result[1]), range.end);
    return series.map(({ metric: { __name__: name, ...labels }, value }) => {
      const inside = Object.entries(labels).map(([label, each]) => `${label}="${each}"`).join(',');
      return { text: `${name ?? ''}{${inside}} ${value?.[1] ?? ''} ${String((value?.[0] ?? 0) * 1000)}` };
    });
  };

  private async answer(request: DataQueryRequest<PrometheusQuery>): Promise<{ data: DataFrame[] }> {
    const wanted = request.targets.filter((target) => target.hide !== true && target.expr);
    const answers = await Promise.all(wanted.map((target) => this.one(target, request, wanted.length > 1)));
    return { data: answers.flat() };
  }

  private async one(target: PrometheusQuery, request: DataQueryRequest, areSeveral: boolean): Promise<DataFrame[]> {
    const end = seconds(request.range.to);
    const start = seconds(request.range.from);
    const step = Math.max(SCRAPE_INTERVAL_SECONDS, Math.ceil((request.intervalMs || 0) / 1000));
    const builtIn: ScopedVars = {
      __interval: { value: `${String(step)}s` },
      __interval_ms: { value: step * 1000 },
      __rate_interval: { value: `${String(Math.max(step + SCRAPE_INTERVAL_SECONDS, 4 * SCRAPE_INTERVAL_SECONDS))}s` },
      __range: { value: `${String(end - start)}s` },
      __range_s: { value: end - start },
    };
    const expr = getTemplateSrv().replace(target.expr, { ...request.scopedVars, ...builtIn }, inPromql);
    const isTable = target.format === 'table';
    if (target.instant) {
      const series = await this.instant(expr, end);
      return isTable ? [table(target.refId, series, areSeveral)] : courses(target.refId, series);
    }
    const found = await this.ask('query_range', {
      query: expr,
      start: Math.floor(start / step) * step,
      end: Math.floor(end / step) * step,
      step,
    });
    return courses(target.refId, (found as { result: AnsweredSeries[] }).result);
  }

  private async instant(query: string, time: number | undefined): Promise<AnsweredSeries[]> {
    const found = await this.ask('query', { query, ...(time === undefined ? {} : { time }) });
    return (found as { result: AnsweredSeries[] }).result;
  }

  private async ask(what: string, parameters: Record<string, string | number>, isWhole = false): Promise<unknown> {
    const search = new URLSearchParams(Object.entries(parameters).map(([key, value]) => [key, String(value)]));
    const answered = await fetch(`${this.path}/api/v1/${what}?${search.toString()}`);
    const answer = (await answered.json()) as Answer;
    if (answer.status !== 'success') {
      throw new Error(`${answer.error ?? answered.statusText}; asked: ${search.get('query') ?? what}`);
    }
    return isWhole ? answer : answer.data;
  }
}

function seconds(moment: { valueOf: () => number }): number {
  return Math.floor(moment.valueOf() / 1000);
}
