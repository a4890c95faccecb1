import { type DataSourceInstanceSettings } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';

import { untold, type Source, type TraceSource } from '../../data/setup/facts';

/** Return the data sources that answer PromQL, as far as Grafana knows them without asking them. */
export function prometheusSources(): readonly Source[] {
  return getDataSourceSrv().getList({ metrics: true, pluginId: 'prometheus' }).map(sourceOf);
}

/** Return the data sources of traces. */
export function traceSources(): readonly TraceSource[] {
  return getDataSourceSrv().getList({ tracing: true }).map(({ uid, name }) => ({ uid, name }));
}

function sourceOf(settings: DataSourceInstanceSettings): Source {
  const own = settingsOf(settings.jsonData);
  const links = Array.isArray(own['exemplarTraceIdDestinations']) ? own['exemplarTraceIdDestinations'] : [];
  return {
    uid: settings.uid,
    name: settings.name,
    isDefault: settings.isDefault === true,
    timeInterval: typeof own['timeInterval'] === 'string' ? own['timeInterval'] : '',
    exemplarLabels: links.flatMap((link: unknown) => {
      const { name } = settingsOf(link);
      return typeof name === 'string' ? [name] : [];
    }),
    exporters: untold('it is being asked'),
  };
}

function settingsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
