/**
 * Source maps are made before scripts have their final names: they name a hash that depends on the folder of the build.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { filesBelow } from './places.mjs';

const HASH = /\.([0-9a-f]{16})\.js/;

/** Put the hashes that scripts ended up with into all source maps of a built plugin. */
export function tellTrueNames(out) {
  const maps = filesBelow(out).filter((path) => path.endsWith('.js.map'));
  const texts = new Map(maps.map((path) => [path, readFileSync(join(out, path), 'utf8')]));
  const changed = [...texts].flatMap(([path, text]) => {
    const first = HASH.exec(basename(JSON.parse(text).file ?? ''))?.[1];
    const last = HASH.exec(basename(path))?.[1];
    return first && last ? [[first, last]] : [];
  });
  for (const [path, text] of texts) {
    // As long as each other: no position moves.
    writeFileSync(join(out, path), changed.reduce((told, [first, last]) => told.replaceAll(first, last), text));
  }
}
