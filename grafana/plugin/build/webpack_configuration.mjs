/** How the bundle is made. The same source gives the same bytes, in whatever folder it lies. */
import { join } from 'node:path';

import { EXTERNALS } from './externals.mjs';
import { PLUGIN, SOURCE, entries } from './places.mjs';

const SWC = {
  jsc: {
    parser: { syntax: 'typescript', tsx: true },
    // Classic: React.createElement. The automatic runtime differs between React 18 and 19.
    transform: { react: { runtime: 'classic', development: false } },
    target: 'es2021',
  },
};

/** Return webpack's configuration for some entries, all if none is named, into a folder. */
export function configuration(out, wanted = []) {
  const found = Object.entries(entries()).filter(([name]) => wanted.length === 0 || wanted.includes(name));
  return {
    mode: 'production',
    target: ['web', 'es2021'],
    context: PLUGIN,
    entry: Object.fromEntries(found),
    devtool: 'source-map',
    output: {
      path: out,
      clean: true,
      filename: '[name].js',
      chunkFilename: 'chunks/[name].[contenthash:16].js',
      library: { type: 'amd' },
      uniqueName: 'mlexporter-app',
      publicPath: '/',
      hashFunction: 'sha256',
      devtoolModuleFilenameTemplate: 'webpack://mlexporter-app/[resource-path]',
    },
    externals: EXTERNALS,
    resolve: {
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      // node_modules may be a link to anywhere: that place must not get into the names of modules.
      symlinks: false,
      modules: [join(PLUGIN, 'node_modules'), 'node_modules'],
    },
    resolveLoader: { symlinks: false, modules: [join(PLUGIN, 'node_modules')] },
    module: {
      rules: [
        { test: /\.tsx?$/, include: SOURCE, use: { loader: 'swc-loader', options: SWC } },
        { test: /\.(css|s[ac]ss)$/, type: 'asset/source' },
        { test: /\.(png|jpe?g|gif|svg)$/, type: 'asset/resource', generator: { filename: 'img/[name].[contenthash:16][ext]' } },
      ],
    },
    optimization: { moduleIds: 'deterministic', chunkIds: 'deterministic' },
    performance: { hints: false },
    infrastructureLogging: { level: 'error' },
  };
}
