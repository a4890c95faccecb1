/**
 * Bundle the page that draws the built plugin without Grafana, with the libraries of one version of Grafana:
 *
 *   node build/harness.mjs FOLDER FILE
 *
 * FOLDER has node_modules with what that version shares with plugins; FILE is written.
 */
import { existsSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';

import { build } from 'esbuild';

import { PLUGIN } from './places.mjs';

const [folder, file] = process.argv.slice(2);
if (!folder || !file || !existsSync(join(folder, 'node_modules'))) {
  console.error('usage: node build/harness.mjs FOLDER FILE, where FOLDER has node_modules');
  process.exit(2);
}
const libraries = resolve(folder);
const own = join(PLUGIN, 'node_modules') + sep;
const SHARED = /^(react|react-dom|rxjs|lodash|i18next|@emotion\/(css|react)|@grafana\/(data|runtime|ui))(\/|$)/;

/** Only what Grafana does not share comes from the plugin's packages: scenes and React Router 6. */
const fromTheVersion = {
  name: 'from-the-version',
  setup(bundling) {
    // Scenes name these files without an ending, which esbuild does not look for behind `exports`.
    bundling.onResolve({ filter: /^@grafana\/schema\/dist\/.*\.gen$/ }, ({ path, kind, resolveDir }) =>
      bundling.resolve(`${path}.js`, { kind, resolveDir })
    );
    // CommonJS, whose default export is another one for files that end in .mjs, as those of Grafana do.
    bundling.onResolve({ filter: /^(react-use|rc-picker)\/lib\// }, ({ path, kind, resolveDir }) =>
      bundling.resolve(path.replace('/lib/', path.startsWith('react-use') ? '/esm/' : '/es/'), { kind, resolveDir })
    );
    bundling.onResolve({ filter: SHARED }, ({ path, importer, kind, pluginData }) => {
      if (pluginData === 'seen' || !(importer.startsWith(join(PLUGIN, 'harness')) || importer.startsWith(own))) {
        return undefined;
      }
      return bundling.resolve(path, { kind, resolveDir: libraries, pluginData: 'seen' });
    });
  },
};

await build({
  entryPoints: [join(PLUGIN, 'harness', 'page.tsx')],
  outfile: file,
  bundle: true,
  preserveSymlinks: true,
  format: 'iife',
  jsx: 'transform',
  target: 'es2022',
  resolveExtensions: ['.tsx', '.ts', '.mjs', '.js', '.json'],
  sourcemap: false,
  minifySyntax: true,
  logLevel: 'error',
  plugins: [fromTheVersion],
  loader: { '.svg': 'dataurl', '.png': 'dataurl', '.woff2': 'empty', '.woff': 'empty', '.css': 'empty' },
  define: { 'process.env.NODE_ENV': '"development"', global: 'window', 'process.env.FRONTEND_DEV_SOURCE_DIR': '""' },
});
