/**
 * Draws the built plugin without Grafana: its libraries, its router and its data source are here, and `dist/` is loaded
 * as Grafana loads it. Below /a/mlexporter-app/ it shows the app; `window.harness.showPanel` shows one panel.
 */
import * as emotionCss from '@emotion/css';
import * as emotionReact from '@emotion/react';
import * as data from '@grafana/data';
import * as runtime from '@grafana/runtime';
import * as ui from '@grafana/ui';
import * as i18next from 'i18next';
import lodash from 'lodash';
import React, { useState } from 'react';
import * as reactModule from 'react';
import * as reactDom from 'react-dom';
import { createRoot } from 'react-dom/client';
import * as reactRouter from 'react-router';
import { Route, Routes } from 'react-router';
import * as rxjs from 'rxjs';

import { loadModule, type Shared } from './amd';
import { corePanel, withMeta } from './core_panels';
import { GrafanaRouter, PluginPage } from './frame_of_grafana';
import { PanelStage, type Shown } from './panel_stage';
import { notified, plainVariables, provideServices } from './services';

const ROOT = '/public/plugins/mlexporter-app/';
const APP = 'mlexporter-app';
const COMPARE_PANEL = 'mlexporter-compare-panel';

const shared: Shared = {
  '@emotion/css': emotionCss,
  '@emotion/react': emotionReact,
  '@grafana/data': data,
  // Its page is Grafana's to give; the way to give it is not among what the package hands out.
  '@grafana/runtime': { ...runtime, PluginPage },
  '@grafana/ui': ui,
  i18next,
  lodash,
  react: reactModule,
  'react-dom': reactDom,
  'react-router': reactRouter,
  rxjs,
};

async function importPanelPlugin(id: string): Promise<data.PanelPlugin> {
  if (id !== COMPARE_PANEL) {
    return corePanel(id);
  }
  const module = await loadModule(`${ROOT}panels/compare/module.js`, shared);
  return withMeta((module as { plugin: data.PanelPlugin }).plugin, id, 'ML distribution compare');
}

function prepareLibraries(): void {
  const editors = ['number', 'slider', 'text', 'boolean', 'select', 'multi-select', 'radio', 'color', 'unit'].map((id) => ({
    id,
    path: id,
    name: id,
    description: '',
    editor: () => null,
    override: () => null,
    process: (value: unknown) => value,
    shouldApply: () => true,
    settings: {},
  }));
  data.standardEditorsRegistry.setInit(() => editors as never);
  data.standardFieldConfigEditorRegistry.setInit(() => editors as never);
  provideServices(importPanelPlugin);
}

const parameters = new URLSearchParams(window.location.search);
const mode = window.harnessTheme ?? (parameters.get('theme') === 'light' ? 'light' : 'dark');
const theme = data.createTheme({ colors: { mode } });

declare global {
  interface Window {
    harnessTheme?: 'dark' | 'light';
    harness?: Harness;
  }
}

/** What tests say to the page. */
interface Harness {
  readonly versions: Readonly<Record<string, string>>;
  readonly notified: readonly string[];
  /** The location as Grafana's service knows it. */
  readonly address: () => string;
  /** Go to an address, without a step in the history. */
  readonly go: (address: string) => void;
  readonly showPanel: (shown: Shown | null, variables?: Readonly<Record<string, string>>) => Promise<void>;
}

function Everything({ children }: { readonly children: React.ReactNode }): React.JSX.Element {
  const { LocationServiceProvider, locationService } = runtime;
  return (
    <data.ThemeContext.Provider value={theme}>
      <ui.GlobalStyles />
      <LocationServiceProvider service={locationService}>
        <GrafanaRouter>
          {children}
          <ui.PortalContainer />
        </GrafanaRouter>
      </LocationServiceProvider>
    </data.ThemeContext.Provider>
  );
}

function App({ plugin }: { readonly plugin: data.AppPlugin }): React.JSX.Element {
  const Root = plugin.root;
  const meta = { id: APP, name: 'mlexporter', type: data.PluginType.app, baseUrl: ROOT, module: '', info: { version: '0' }, enabled: true };
  const [given] = useState(() => ({
    meta: meta as never, query: {}, path: `/a/${APP}`, basename: `/a/${APP}`, onNavChanged: () => undefined,
  }));
  return (
    <data.PluginContextProvider meta={meta as never}>
      <Routes>
        <Route
          path={`/a/${APP}/*`}
          element={Root ? <Root {...given} /> : null}
        />
      </Routes>
    </data.PluginContextProvider>
  );
}

const root = createRoot(document.getElementById('root') ?? document.body);

async function showPanel(shown: Shown | null, variables: Readonly<Record<string, string>> = {}): Promise<void> {
  if (shown === null) {
    root.render(null);
    return;
  }
  for (const [name, value] of Object.entries(variables)) {
    plainVariables.set(name, value);
  }
  const plugin = await importPanelPlugin(COMPARE_PANEL);
  root.render(<Everything><PanelStage plugin={plugin} shown={shown} /></Everything>);
}

async function begin(): Promise<void> {
  document.body.style.background = theme.colors.background.canvas;
  prepareLibraries();
  window.harness = {
    versions: { react: React.version, grafana: document.body.dataset.grafana ?? '' },
    notified,
    address: () => {
      const { pathname, search } = runtime.locationService.getLocation();
      return pathname + search;
    },
    go: (address) => {
      runtime.locationService.replace(address);
    },
    showPanel,
  };
  if (window.location.pathname.startsWith(`/a/${APP}`)) {
    const module = await loadModule(`${ROOT}module.js`, shared);
    root.render(<Everything><App plugin={(module as { plugin: data.AppPlugin }).plugin} /></Everything>);
  }
}

void begin();
