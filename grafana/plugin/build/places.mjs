/** Where things are, and which plugins there are: the app, and what is nested in it. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PLUGIN = dirname(dirname(fileURLToPath(import.meta.url)));
export const REPOSITORY = dirname(dirname(PLUGIN));
export const SOURCE = join(PLUGIN, 'src');
export const BUILT = join(PLUGIN, 'dist');

/** Return all files below a folder, as paths relative to it, in the order of their names. */
export function filesBelow(folder) {
  if (!existsSync(folder)) {
    return [];
  }
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** Return the entries of webpack: every `module.ts` or `module.tsx` beside a `plugin.json`, by its place in `dist/`. */
export function entries() {
  const found = {};
  for (const path of filesBelow(SOURCE).filter((each) => /(^|\/)module\.tsx?$/.test(each))) {
    if (existsSync(join(SOURCE, dirname(path), 'plugin.json'))) {
      found[path.replace(/\.tsx?$/, '')] = [join(PLUGIN, 'build', 'public_path.mjs'), join(SOURCE, path)];
    }
  }
  return found;
}
