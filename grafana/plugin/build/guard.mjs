/** Fail if a built plugin has in it what must not be there: node build/guard.mjs FOLDER */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { faultsOfPlugin } from './forbidden.mjs';
import { filesBelow } from './places.mjs';

const folder = process.argv[2] ?? 'dist';
const paths = filesBelow(folder).filter((path) => /\.(js|map|json|md)$/.test(path));
const faults = faultsOfPlugin(Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')])));
if (!paths.includes('plugin.json')) {
  faults.push(`there is no built plugin in ${folder}`);
}
for (const fault of faults) {
  console.error(fault);
}
process.exitCode = faults.length > 0 ? 1 : 0;
