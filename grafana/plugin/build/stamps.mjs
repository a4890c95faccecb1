/** The version and the date of a build, both from the source: two builds of one commit agree. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { REPOSITORY } from './places.mjs';

/** Return the version of mlexporter, the one place of which is its Python package. */
export function version() {
  const text = readFileSync(join(REPOSITORY, 'src', 'mlexporter', '_version.py'), 'utf8');
  const found = /__version__ = "([^"]+)"/.exec(text);
  if (!found) {
    throw new Error('src/mlexporter/_version.py does not say the version');
  }
  return found[1];
}

/** Return seconds since 1970: SOURCE_DATE_EPOCH, else the time of the last commit. */
export function buildTime(environment = process.env) {
  const told = environment.SOURCE_DATE_EPOCH;
  const text = told ?? execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: REPOSITORY, encoding: 'utf8' });
  if (!/^\d+\s*$/.test(text)) {
    throw new Error(`SOURCE_DATE_EPOCH is to be seconds since 1970, not ${JSON.stringify(text)}`);
  }
  return Number(text);
}

/** Return the day of the build in UTC, as plugin.json wants it: 2026-11-22. */
export function buildDay(environment = process.env) {
  return new Date(buildTime(environment) * 1000).toISOString().slice(0, 10);
}
