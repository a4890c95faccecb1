// What a browser has and jsdom has not, as far as Grafana's packages ask for it when they are loaded.
const { TextDecoder, TextEncoder } = require('node:util');

class NothingIsObserved {
  observe() {}
  unobserve() {}
  disconnect() {}
  takeRecords() {
    return [];
  }
}

const absent = {
  TextDecoder,
  TextEncoder,
  ResizeObserver: NothingIsObserved,
  IntersectionObserver: NothingIsObserved,
  matchMedia: (query) => ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
    dispatchEvent: () => false,
  }),
};
for (const [name, value] of Object.entries(absent)) {
  if (!(name in globalThis)) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
  }
}
if (typeof HTMLCanvasElement !== 'undefined') {
  // jsdom has a canvas that only says that it cannot draw, loudly; widths of text are then estimated.
  Object.defineProperty(HTMLCanvasElement.prototype, 'getContext', { value: () => null, writable: true });
}
if (typeof Element !== 'undefined' && !('scrollTo' in Element.prototype)) {
  Object.defineProperty(Element.prototype, 'scrollTo', { value: () => undefined, writable: true });
}
