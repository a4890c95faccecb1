/** @jest-environment node */
import { copiesOfShared, faultsOfPlugin, faultsOfScript } from './forbidden.mjs';

describe('faultsOfScript', () => {
  it('lets a bundle be that asks only for what every Grafana shares', () => {
    expect(faultsOfScript('define(["react","rxjs","@grafana/ui"],(a,b,c)=>a.createElement("p"))')).toEqual([]);
    expect(faultsOfScript('(self.c=self.c||[]).push([[1],{2:()=>{}}])')).toEqual([]);
    expect(faultsOfScript('const a="http://www.w3.org/2000/svg";')).toEqual([]);
  });

  it.each([
    ['define(["react","react-router-dom"],()=>{})', 'asks for react-router-dom'],
    ['define("name",["@grafana/schema"],()=>{})', 'asks for @grafana/schema'],
    ['define(["react/jsx-runtime"],()=>{})', 'JSX runtime'],
    ['define([a],()=>{})', 'asks for (not a text)'],
    ['define(()=>{})', 'does not say what it asks for'],
    ['x.__SECRET_INTERNALS_DO_NOT_USE_OR_YOU_WILL_BE_FIRED', 'insides of React 18'],
    ['x.__CLIENT_INTERNALS_DO_NOT_USE_OR_WARN_USERS_THEY_CANNOT_UPGRADE', 'insides of React 19'],
    ['a.findDOMNode(b)', 'findDOMNode'],
    ['({ReactCurrentDispatcher:{current:null}})', 'has a React in it'],
    ['Symbol.for("react.transitional.element")', 'has a React in it'],
    ['"__reactContainer$"+Math.random()', 'has a react-dom in it'],
    ['eval("1")', 'calls eval'],
    ['new Function("return this")()', 'calls Function'],
    ['Function("return this")()', 'calls Function'],
    ['load("https://cdn.jsdelivr.net/npm/react")', 'server of somebody else'],
    ['load("https://unpkg.com/react")', 'server of somebody else'],
  ])('finds %s', (text, fault) => {
    expect(faultsOfScript(text).join('\n')).toContain(fault);
  });
});

describe('copiesOfShared', () => {
  const map = (...sources) => JSON.stringify({ sources: sources.map((source) => `webpack://mlexporter-app/${source}`) });

  it('lets packages be that Grafana does not share', () => {
    expect(copiesOfShared(map('./src/module.tsx', './node_modules/@grafana/scenes/dist/esm/index.js', './node_modules/react-router-dom/index.js'))).toEqual([]);
  });

  it.each(['react', 'react-dom', 'scheduler', '@grafana/ui', 'rxjs', 'lodash'])('finds a copy of %s', (name) => {
    expect(copiesOfShared(map(`./node_modules/${name}/index.js`, `./node_modules/other/node_modules/${name}/a.js`))).toEqual([
      `has a copy of ${name}, which Grafana shares`,
    ]);
  });
});

describe('faultsOfPlugin', () => {
  const whole = { 'module.js': 'define(["react"],()=>1)', 'module.js.map': '{"sources":[]}', 'plugin.json': '{"version":"0.1.0"}' };

  it('finds nothing in a whole plugin', () => {
    expect(faultsOfPlugin(whole)).toEqual([]);
  });

  it('finds a module that is not there, a script without a map, and what was not filled in', () => {
    expect(
      faultsOfPlugin({ 'panels/x/plugin.json': '{"version":"%VERSION%"}', 'chunks/1.js': '1' })
    ).toEqual([
      'panels/x/module.js defines no module',
      'panels/x/plugin.json has an unfilled %VERSION% or %TODAY%',
      'chunks/1.js has no source map',
    ]);
  });
});
