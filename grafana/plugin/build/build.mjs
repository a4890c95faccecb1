/**
 * Build the plugin:
 *
 *   node build/build.mjs [--out FOLDER] [--entry NAME]...
 *
 * FOLDER is dist/ if not given; NAME is one of the bundles, module or panels/compare/module; all if none is given.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

import webpack from 'webpack';

import { copyAll } from './copies.mjs';
import { BUILT } from './places.mjs';
import { tellTrueNames } from './true_names.mjs';
import { configuration } from './webpack_configuration.mjs';

const { values: wanted } = parseArgs({
  options: { out: { type: 'string', default: BUILT }, entry: { type: 'string', multiple: true, default: [] } },
});
const out = resolve(wanted.out);
const settings = configuration(out, wanted.entry);
if (Object.keys(settings.entry).length === 0) {
  console.error('build: there is no such module.tsx beside a plugin.json in src/');
  process.exit(1);
}
const compiler = webpack(settings);
compiler.run((failure, stats) => {
  if (failure || stats.hasErrors() || stats.hasWarnings()) {
    console.error(failure ?? stats.toString({ all: false, errors: true, warnings: true }));
    process.exitCode = 1;
  } else {
    const assets = stats.toJson({ all: false, assets: true }).assets.filter((asset) => asset.name?.endsWith('.js'));
    for (const { name, size } of assets) {
      console.log(`${name} ${Math.ceil(size / 1000)} kB`);
    }
    tellTrueNames(out);
    copyAll(out);
  }
  compiler.close(() => undefined);
});
