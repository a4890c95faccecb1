/** What must not be in the bundle, since it does not run in all of Grafana 11.6 to 13, and how it is found. */
import { parse } from 'acorn';
import { simple } from 'acorn-walk';

import { EXTERNALS } from './externals.mjs';

/** Texts that betray what is forbidden, wherever they stand. */
const TEXTS = [
  [/jsx-(dev-)?runtime/, 'asks for a JSX runtime, which differs between React 18 and 19'],
  [/__SECRET_INTERNALS/, 'reaches into the insides of React 18'],
  [/__CLIENT_INTERNALS/, 'reaches into the insides of React 19'],
  [/findDOMNode/, 'calls findDOMNode, which React 19 does not have'],
  [/ReactCurrent(Dispatcher|Owner)|react\.transitional\.element/, 'has a React in it'],
  [/__reactContainer\$|_reactListening/, 'has a react-dom in it'],
  [
    /https?:\/\/[\w.-]*(unpkg\.com|jsdelivr\.net|cdnjs\.|esm\.sh|skypack\.dev|googleapis\.com|gstatic\.com|cloudfront\.net)/,
    'loads from a server of somebody else',
  ],
];

/** Return what is wrong with a built script, in words; an empty list if nothing is. */
export function faultsOfScript(text) {
  const faults = TEXTS.filter(([pattern]) => pattern.test(text)).map(([, fault]) => fault);
  simple(parse(text, { ecmaVersion: 'latest', sourceType: 'script' }), {
    CallExpression({ callee, arguments: given }) {
      if (callee.type === 'Identifier' && callee.name === 'define') {
        faults.push(...faultsOfDefine(given));
      }
      if (callee.type === 'Identifier' && (callee.name === 'eval' || callee.name === 'Function')) {
        faults.push(`calls ${callee.name}, which makes code of text`);
      }
    },
    NewExpression({ callee }) {
      if (callee.type === 'Identifier' && callee.name === 'Function') {
        faults.push('calls Function, which makes code of text');
      }
    },
  });
  return faults;
}

function faultsOfDefine(given) {
  const list = given.find((each) => each.type === 'ArrayExpression');
  if (!list) {
    return ['defines a module that does not say what it asks for'];
  }
  return list.elements
    .map((element) => (element?.type === 'Literal' ? element.value : '(not a text)'))
    .filter((name) => !EXTERNALS.includes(name))
    .map((name) => `asks for ${name}, which not every Grafana shares`);
}

/** Return the packages that Grafana shares and the bundle has a copy of, by its source map: two Reacts do not meet. */
export function copiesOfShared(map) {
  const copied = JSON.parse(map)
    .sources.map((source) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1])
    .filter((name) => name === 'scheduler' || EXTERNALS.includes(name));
  return [...new Set(copied)].sort().map((name) => `has a copy of ${name}, which Grafana shares`);
}

/** Return what is wrong with a built plugin: its files by path, as text. */
export function faultsOfPlugin(files) {
  const found = [];
  for (const [path, text] of Object.entries(files)) {
    if (path.endsWith('.js')) {
      found.push(...faultsOfScript(text).map((fault) => `${path} ${fault}`));
      if (!(`${path}.map` in files)) {
        found.push(`${path} has no source map`);
      }
    } else if (path.endsWith('.js.map')) {
      found.push(...copiesOfShared(text).map((fault) => `${path} ${fault}`));
    } else if (path.endsWith('plugin.json')) {
      const module = path.replace(/plugin\.json$/, 'module.js');
      if (!/(^|[^.\w])define\(/.test(files[module] ?? '')) {
        found.push(`${module} defines no module`);
      }
    }
    if (/%(VERSION|TODAY)%/.test(text) && /plugin\.json$|\.md$/.test(path)) {
      found.push(`${path} has an unfilled %VERSION% or %TODAY%`);
    }
  }
  return found;
}
