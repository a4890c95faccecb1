/** What is in `dist/` beside the bundle: descriptions, dashboards, pictures. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { PLUGIN, REPOSITORY, SOURCE, filesBelow } from './places.mjs';
import { buildDay, version } from './stamps.mjs';

/** Return what is copied, as pairs of a path and its place in `dist/`. */
export function copies() {
  const own = filesBelow(SOURCE);
  return [
    ...own.filter((path) => /(^|\/)(plugin\.json|README\.md)$/.test(path) || /(^|\/)img\//.test(path)).map((path) => [join(SOURCE, path), path]),
    ...filesBelow(join(REPOSITORY, 'grafana', 'dashboards')).map((path) => [
      join(REPOSITORY, 'grafana', 'dashboards', path),
      join('dashboards', path),
    ]),
    ...own.filter((path) => /^dashboards\/.*\.json$/.test(path)).map((path) => [join(SOURCE, path), path]),
    [join(PLUGIN, 'CHANGELOG.md'), 'CHANGELOG.md'],
    [join(REPOSITORY, 'LICENSE'), 'LICENSE'],
  ].filter(([from]) => existsSync(from)); // what must be there is tests/contract/test_plugin.py's business
}

/** Copy it into a folder; `%VERSION%` and `%TODAY%` are filled in where a person or Grafana reads them. */
export function copyAll(out) {
  const filled = { '%VERSION%': version(), '%TODAY%': buildDay() };
  for (const [from, place] of copies()) {
    const to = join(out, place);
    mkdirSync(dirname(to), { recursive: true });
    if (/plugin\.json$|\.md$/.test(place)) {
      writeFileSync(to, readFileSync(from, 'utf8').replace(/%(VERSION|TODAY)%/g, (name) => filled[name]));
    } else {
      copyFileSync(from, to);
    }
  }
}
