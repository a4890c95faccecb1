/** Options of the panel, as dashboards store them. */

export type Measure = 'auto' | 'density' | 'share';
export type Axis = 'auto' | 'linear' | 'log' | 'symlog' | 'equal';
export type Order = 'severity' | 'name' | 'importance';
export type Facet = 'none' | 'version';

export interface CompareOptions {
  /** What the height of a bar is; `auto`: density for numbers, share for categories. */
  readonly measure: Measure;
  /** How values lie on the axis; `equal` gives each bin the same width. */
  readonly axis: Axis;
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

export const MEASURES: ReadonlyArray<Choice<Measure>> = [
  { value: 'auto', label: 'Automatic' },
  { value: 'density', label: 'Density' },
  { value: 'share', label: 'Share of rows' },
];

export const SCALES: ReadonlyArray<Choice<Axis>> = [
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

/** Options as they are, with the default where a dashboard left one out. */
export function completeOptions(options: Partial<CompareOptions>): CompareOptions {
  return { ...DEFAULT_OPTIONS, ...options };
}
