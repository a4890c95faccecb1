/** Links from a page of the app to the dashboard about the same. */

/** What of the address is not a variable and goes along. */
const KEPT = ['from', 'to', 'timezone'];

/**
 * Return the path of a dashboard with the choices of this page, without the sub-path that Grafana may be served from.
 *
 * @param uid - Of the dashboard.
 * @param names - Variables that both have, without `var-`.
 * @param search - The query string of this page.
 */
export function dashboardPath(uid: string, names: readonly string[], search: string): string {
  const current = new URLSearchParams(search);
  const wanted = new URLSearchParams();
  for (const key of [...KEPT, ...names.map((name) => `var-${name}`)]) {
    for (const value of current.getAll(key)) {
      wanted.append(key, value);
    }
  }
  const query = wanted.toString();
  return `/d/${encodeURIComponent(uid)}${query === '' ? '' : `?${query}`}`;
}
