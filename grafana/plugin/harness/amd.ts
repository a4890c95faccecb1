/** Loads the built plugin as Grafana does: AMD modules, whose shared libraries are handed to them. */

/** Names of shared libraries to what they export. */
export type Shared = Readonly<Record<string, unknown>>;

interface Define {
  (names: readonly string[], make: (...libraries: readonly unknown[]) => unknown): void;
  amd: object;
}

declare global {
  interface Window {
    define?: Define;
  }
}

const loaded = new Map<string, Promise<unknown>>();
/** Scripts call `define` without a name: one is loaded at a time. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Return what a built module exports; each is loaded once.
 *
 * @param address - Of its `module.js`.
 * @param shared - All that it may ask for; `module` is added.
 */
export function loadModule(address: string, shared: Shared): Promise<unknown> {
  let found = loaded.get(address);
  if (found === undefined) {
    found = last.then(() => load(address, shared));
    last = found.catch(() => undefined);
    loaded.set(address, found);
  }
  return found;
}

function load(address: string, shared: Shared): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const uri = new URL(address, document.baseURI).href;
    let defined: unknown = null;
    const define: Define = (names, make) => {
      const missing = names.filter((name) => name !== 'module' && !(name in shared));
      if (missing.length > 0) {
        throw new Error(`Grafana does not share ${missing.join(', ')}`);
      }
      defined = make(...names.map((name) => (name === 'module' ? { uri, id: uri } : shared[name])));
    };
    define.amd = {};
    window.define = define;
    const script = document.createElement('script');
    script.src = uri;
    script.onload = () => {
      delete window.define;
      if (defined === null) {
        reject(new Error(`${address} defined no module`));
      } else {
        resolve(defined);
      }
    };
    script.onerror = () => {
      reject(new Error(`${address} is not there`));
    };
    document.head.append(script);
  });
}
