// Exit 0 if the folder's node_modules has what its package-lock.json asks for, by npm's own note of what it installed.
//
//   node scripts/shared/has-locked-packages.mjs FOLDER
//
// What is optional may be lacking: compilers for other machines are not installed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

const folder = process.argv[2];
let installed;
try {
  installed = read(join(folder, 'node_modules', '.package-lock.json'));
} catch {
  installed = {};
}
const lacking = Object.entries(read(join(folder, 'package-lock.json')))
  .filter(([name]) => name !== '')
  .filter(([name, asked]) =>
    name in installed ? installed[name].integrity !== asked.integrity : !asked.optional && !asked.devOptional
  )
  .map(([name, asked]) => `${name} ${asked.version}`);
if (lacking.length > 0) {
  console.error(`lacking or of another version: ${lacking.slice(0, 5).join(', ')}${lacking.length > 5 ? ', …' : ''}`);
  process.exit(1);
}
