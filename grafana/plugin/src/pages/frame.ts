/** What all pages share: variables, controls on top, time range, queries. */

import { VariableHide, VariableRefresh } from '@grafana/data';
import {
  ConstantVariable,
  DataSourceVariable,
  QueryVariable,
  SceneControlsSpacer,
  SceneQueryRunner,
  SceneRefreshPicker,
  SceneTimePicker,
  SceneTimeRange,
  SceneVariableSet,
  VariableValueSelectors,
  type SceneObject,
  type SceneVariable,
} from '@grafana/scenes';

import { queries } from '../queries.gen';

/** The data source that the reader has chosen. */
const CHOSEN_DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** Number of points of a course over time: enough for half a screen. */
const POINTS = 240;

/** Variables that are asked of Prometheus, called as in the dashboards. */
type AskedVariable = keyof typeof queries.variables;

/**
 * Return the variables of a page: the data source, then those asked for, each filtered by those before it.
 *
 * @param names - Variables to be asked of Prometheus, or finished ones.
 */
export function variables(...names: ReadonlyArray<AskedVariable | SceneVariable>): SceneVariableSet {
  const chosen = names.map((each) => (typeof each === 'string' ? askedVariable(each) : each));
  return new SceneVariableSet({ variables: [datasourceVariable(), ...chosen] });
}

/** Return the choice of a Prometheus. */
function datasourceVariable(): DataSourceVariable {
  return new DataSourceVariable({ name: 'datasource', label: 'Data source', pluginId: 'prometheus' });
}

/** Return a choice that Prometheus answers, in the order of its query: the worst first where it drifts. */
export function askedVariable(name: AskedVariable): QueryVariable {
  const { query, regex, label, sort, hasAll, allValue, value, isHidden } = queries.variables[name];
  return new QueryVariable({
    name,
    label,
    datasource: CHOSEN_DATASOURCE,
    // Grafana's data source tells label_values (1) from query_result (3) by the type, not by the text.
    query: { query, refId: 'variable', qryType: query.startsWith('query_result') ? 3 : 1 },
    regex,
    refresh: VariableRefresh.onTimeRangeChanged,
    sort,
    ...(value === '' ? {} : { value, text: value }),
    ...(isHidden ? { hide: VariableHide.hideVariable, skipUrlSync: true } : {}),
    ...(hasAll ? { isMulti: true, includeAll: true, defaultToAll: true, allValue } : {}),
  });
}

/** Return a variable that nobody sees or changes. */
export function fixedVariable(name: string, value: string): ConstantVariable {
  return new ConstantVariable({ name, value, hide: VariableHide.hideVariable, skipUrlSync: true });
}

/** Return what stands on top of a page: its variables left, time range and refresh right. */
export function pageControls(): SceneObject[] {
  return [
    new VariableValueSelectors({}),
    new SceneControlsSpacer(),
    new SceneTimePicker({ isOnCanvas: true }),
    new SceneRefreshPicker({ isOnCanvas: true, intervals: ['30s', '1m', '5m', '15m', '1h'] }),
  ];
}

/** Return the time range that a page begins with. */
export function timeRange(from = 'now-24h'): SceneTimeRange {
  return new SceneTimeRange({ from, to: 'now' });
}

/** PromQL by the name of the query: its `refId`. */
export type NamedQueries = Readonly<Record<string, string>>;

/**
 * Return a runner of queries, of the chosen data source.
 *
 * @param now - Asked at the end of the time range: one table each, a row for each series.
 * @param courses - Asked over the time range: one frame for each series.
 */
export function asked(now: NamedQueries, courses: NamedQueries = {}): SceneQueryRunner {
  return new SceneQueryRunner({
    datasource: CHOSEN_DATASOURCE,
    queries: [
      ...Object.entries(now).map(([refId, expr]) => ({
        refId, expr, instant: true, range: false, format: 'table', editorMode: 'code',
      })),
      ...Object.entries(courses).map(([refId, expr]) => ({
        refId, expr, instant: false, range: true, format: 'time_series', editorMode: 'code',
      })),
    ],
    maxDataPoints: POINTS,
  });
}
