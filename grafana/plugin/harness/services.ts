/** What Grafana's application gives to plugins at run time, as far as ours ask for it. */
import { EventBusSrv, LoadingState, toDataFrame, type DataQueryRequest, type PanelData, type ScopedVars } from '@grafana/data';
import * as runtime from '@grafana/runtime';
import { sceneGraph, type SceneObject } from '@grafana/scenes';
import { catchError, from, map, of, startWith, type Observable } from 'rxjs';

import { PrometheusSource, type PrometheusQuery } from './prometheus';

/** The data sources of this Grafana: one Prometheus, which the page's server hands on. */
export const source = new PrometheusSource('prometheus', 'Prometheus', '/prometheus');

const settings = {
  id: source.id,
  uid: source.uid,
  name: source.name,
  type: source.type,
  meta: source.meta,
  isDefault: true,
  readOnly: false,
  access: 'proxy',
  url: '/prometheus',
  jsonData: { timeInterval: '5m', httpMethod: 'POST' },
};

/** Texts that a page was notified with, newest last; tests read them. */
export const notified: string[] = [];

/** Values of dashboard variables where there is no scene: a lone panel. */
export const plainVariables = new Map<string, string>();

function replace(text = '', scoped: ScopedVars = {}, format?: unknown): string {
  const known: unknown = scoped.__sceneObject?.value;
  if (known !== undefined && known !== null) {
    const others = Object.fromEntries(Object.entries(scoped).filter(([name]) => name !== '__sceneObject'));
    const scene = (known as { valueOf: () => SceneObject }).valueOf();
    return sceneGraph.interpolate(scene, text, others, format as Parameters<typeof sceneGraph.interpolate>[3]);
  }
  return text.replace(/\$(\w+)|\$\{(\w+)(?::\w+)?\}/g, (whole: string, bare?: string, braced?: string) => {
    const name = bare ?? braced ?? '';
    const value: unknown = scoped[name]?.value ?? plainVariables.get(name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : whole;
  });
}

function runRequest(
  asked: { query: (request: DataQueryRequest<PrometheusQuery>) => unknown },
  request: DataQueryRequest<PrometheusQuery>,
  query?: (request: DataQueryRequest<PrometheusQuery>) => unknown
): Observable<PanelData> {
  const basis = { timeRange: request.range, request };
  const answered = (query ?? asked.query)(request) as Observable<{ data: unknown[] }>;
  return from(answered).pipe(
    map(({ data }) => ({ ...basis, state: LoadingState.Done, series: data.map(toDataFrame) })),
    catchError((error: unknown) => {
      const problem = { message: error instanceof Error ? error.message : String(error) };
      return of({ ...basis, state: LoadingState.Error, series: [], error: problem, errors: [problem] });
    }),
    startWith({ ...basis, state: LoadingState.Loading, series: [] })
  );
}

/** Answer what a page asks of Grafana's server: only what it hands on to Prometheus is there. */
async function fetched(request: { url: string; params?: Record<string, string> }): Promise<{ data: unknown; status: number; ok: boolean }> {
  const handed = /\/?api\/datasources\/(?:proxy\/uid|uid)\/prometheus\/(?:resources\/)?(.*)$/.exec(request.url);
  const address = handed ? `/prometheus/${String(handed[1])}` : `/${request.url.replace(/^\//, '')}`;
  const search = new URLSearchParams(request.params ?? {}).toString();
  const answered = await fetch(search ? `${address}?${search}` : address);
  const text = await answered.text();
  const data: unknown = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
  if (!answered.ok) {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- so does Grafana's
    throw { status: answered.status, statusText: answered.statusText, data, config: request };
  }
  return { data, status: answered.status, ok: true };
}

/** Return a value under every name of it that a version of the library has. */
function tell(name: string, ...values: unknown[]): void {
  const setter: unknown = (runtime as Record<string, unknown>)[name];
  if (typeof setter === 'function') {
    (setter as (...each: unknown[]) => void)(...values);
  } else {
    console.info(`${name} is not in this version`);
  }
}

/** Put all of it in place. */
export function provideServices(importPanelPlugin: (id: string) => Promise<unknown>): void {
  const events = new EventBusSrv();
  const panels = new Map<string, unknown>();
  tell('setPluginImportUtils', {
    importPanelPlugin: async (id: string) => {
      const plugin = await importPanelPlugin(id);
      panels.set(id, plugin);
      return plugin;
    },
    getPanelPluginFromCache: (id: string) => panels.get(id),
  });
  tell('setDataSourceSrv', {
    get: () => Promise.resolve(source),
    getInstanceSettings: () => settings,
    getList: () => [settings],
    reload: () => undefined,
    registerRuntimeDataSource: () => undefined,
  });
  tell('setTemplateSrv', {
    getVariables: () => [],
    replace,
    containsTemplate: (text?: string) => /\$\w|\$\{/.test(text ?? ''),
    updateTimeRange: () => undefined,
  });
  tell('setRunRequest', runRequest);
  tell('setBackendSrv', {
    fetch: (request: { url: string }) => from(fetched(request)),
    get: async (url: string, params?: Record<string, string>) => (await fetched({ url, ...(params ? { params } : {}) })).data,
    datasourceRequest: fetched,
  });
  tell('setAppEvents', events);
  tell('setEchoSrv', { addEvent: () => undefined, addBackend: () => undefined, flush: () => undefined });
  tell('setChromeHeaderHeightHook', () => 40);
  tell('setReturnToPreviousHook', () => () => undefined);
  tell('setPluginExtensionsHook', () => ({ extensions: [], isLoading: false }));
  tell('setPluginLinksHook', () => ({ links: [], isLoading: false }));
  tell('setPluginComponentsHook', () => ({ components: [], isLoading: false }));
  events.subscribe({ type: 'alert-success' } as never, () => notified.push('success'));
}
