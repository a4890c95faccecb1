/** Where the pages of the app are, and how links to them are written. */

/** The app's id, as in `plugin.json`. */
export const APP_ID = 'mlexporter-app';

/** The nested panel's id, as in `panels/compare/plugin.json`. */
export const COMPARE_PANEL_ID = 'mlexporter-compare-panel';

/** Pages below `/a/mlexporter-app/`. */
export const ROUTES = {
  models: 'models',
  model: 'model',
  modelOverview: 'model/overview',
  modelFeatures: 'model/features',
  modelPredictions: 'model/predictions',
  modelQuality: 'model/quality',
  modelVersions: 'model/versions',
  feature: 'feature',
  versions: 'versions',
  setupCheck: 'setup-check',
} as const;

export type PageName = keyof typeof ROUTES;

/** Values of variables, by the variable's name: what a link chooses. Undefined leaves the choice to the page. */
export type Choices = Readonly<Record<string, string | undefined>>;

/** What every link carries along: the time range, and the data source. */
const KEPT = ['from', 'to', 'timezone', 'refresh', 'var-datasource'];

/** Return the path of a page, without the sub-path that Grafana may be served from. */
export function pathOf(page: PageName): string {
  return `/a/${APP_ID}/${ROUTES[page]}`;
}

/** Return the page to which somebody is led who comes without saying which page or tab, or names one that is not there. */
export function redirected(pathname: string): PageName | undefined {
  const path = pathname.replace(/\/+$/, '');
  if (path === pathOf('model')) {
    return 'modelOverview';
  }
  const isThere = Object.values(ROUTES).some((route) => path === `/a/${APP_ID}/${route}` || path.startsWith(`/a/${APP_ID}/${route}/`));
  return isThere ? undefined : 'models';
}

/**
 * Return a link to a page, without the sub-path that Grafana may be served from.
 *
 * @param page - Where it leads.
 * @param choices - Variables of that page to values, without `var-`.
 * @param search - The query string of the current page; its time range and data source are kept.
 */
export function linkTo(page: PageName, choices: Choices = {}, search = ''): string {
  const current = new URLSearchParams(search);
  const wanted = new URLSearchParams();
  for (const key of KEPT) {
    const value = current.get(key);
    if (value !== null) {
      wanted.set(key, value);
    }
  }
  for (const [name, value] of Object.entries(choices)) {
    if (value !== undefined) {
      wanted.set(`var-${name}`, value);
    }
  }
  const query = wanted.toString();
  return query === '' ? pathOf(page) : `${pathOf(page)}?${query}`;
}
