/** Options of the panel, as dashboards store them. */
import { type Order } from '../../data/distributions/order';
import { type ScaleKind } from '../../data/drawing/axes';
import { type Measure } from '../../data/drawing/height';

type Facet = 'none' | 'version';

export interface CompareOptions {
  /** What the height of a bar is; `auto`: density for numbers, share for categories. */
  readonly measure: Measure | 'auto';
  /** How values lie on the axis; `equal` gives each bin the same width. */
  readonly axis: ScaleKind | 'auto';
  readonly order: Order;
  /** The dashboard variable that a click sets, without `var-`; empty: a click does nothing. */
  readonly variable: string;
  /** Search and order above more than eight subjects. */
  readonly showSearch: boolean;
  /** Columns of the grid. */
  readonly columns: 'auto' | number;
  /** `version`: each version of a subject has a plot. */
  readonly facet: Facet;
  /** The role of a query by its refId, where the refId is no role itself. */
  readonly roles: Readonly<Record<string, string>>;
}

export const DEFAULT_OPTIONS: CompareOptions = {
  measure: 'auto',
  axis: 'auto',
  order: 'severity',
  variable: 'feature',
  showSearch: true,
  columns: 'auto',
  facet: 'none',
  roles: {},
};

interface Choice<Value> {
  readonly value: Value;
  readonly label: string;
}

export const MEASURES: ReadonlyArray<Choice<Measure | 'auto'>> = [
  { value: 'auto', label: 'Automatic' },
  { value: 'density', label: 'Density' },
  { value: 'share', label: 'Share of rows' },
];

export const SCALES: ReadonlyArray<Choice<ScaleKind | 'auto'>> = [
  { value: 'auto', label: 'Automatic' },
  { value: 'linear', label: 'Linear' },
  { value: 'log', label: 'Logarithmic' },
  { value: 'symlog', label: 'Logarithmic, both signs' },
  { value: 'equal', label: 'Bins of equal width' },
];

export const ORDERS: ReadonlyArray<Choice<Order>> = [
  { value: 'severity', label: 'Severity' },
  { value: 'importance', label: 'Importance' },
  { value: 'name', label: 'Name' },
];

export const FACETS: ReadonlyArray<Choice<Facet>> = [
  { value: 'none', label: 'The one with most rows' },
  { value: 'version', label: 'Each' },
];

/** Options as a dashboard has them: it may have been written by hand, or by a newer version. */
type StoredOptions = { readonly [Name in keyof CompareOptions]?: unknown };

/** Options as they are, with the default where a dashboard left one out or has what is none. */
export function completeOptions(stored: StoredOptions): CompareOptions {
  const { measure, axis, order, variable, showSearch, columns, facet, roles } = stored;
  return {
    measure: chosen(MEASURES, measure) ?? DEFAULT_OPTIONS.measure,
    axis: chosen(SCALES, axis) ?? DEFAULT_OPTIONS.axis,
    order: chosen(ORDERS, order) ?? DEFAULT_OPTIONS.order,
    variable: typeof variable === 'string' ? variable : DEFAULT_OPTIONS.variable,
    showSearch: typeof showSearch === 'boolean' ? showSearch : DEFAULT_OPTIONS.showSearch,
    columns: typeof columns === 'number' && Number.isInteger(columns) && columns > 0 ? columns : DEFAULT_OPTIONS.columns,
    facet: chosen(FACETS, facet) ?? DEFAULT_OPTIONS.facet,
    roles: isObject(roles) ? textsOf(roles) : DEFAULT_OPTIONS.roles,
  };
}

function chosen<Value>(choices: ReadonlyArray<Choice<Value>>, stored: unknown): Value | undefined {
  return choices.find(({ value }) => value === stored)?.value;
}

function isObject(stored: unknown): stored is object {
  return typeof stored === 'object' && stored !== null;
}

function textsOf(stored: object): Record<string, string> {
  const entries: Array<[string, unknown]> = Object.entries(stored);
  return Object.fromEntries(entries.flatMap(([name, text]) => (typeof text === 'string' ? [[name, text]] : [])));
}
