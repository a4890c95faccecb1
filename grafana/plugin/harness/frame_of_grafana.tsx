/** The frame around pages: title, tabs and actions as Grafana has them, and nothing else of it. */
import { type NavModelItem } from '@grafana/data';
import * as runtime from '@grafana/runtime';
import { Tab, TabsBar, useTheme2 } from '@grafana/ui';
import React, { useLayoutEffect, useState, type ReactNode } from 'react';
import { Router } from 'react-router';

interface PageParts {
  readonly pageNav?: NavModelItem;
  readonly actions?: ReactNode;
  readonly subTitle?: ReactNode;
  readonly renderTitle?: (title: string) => ReactNode;
  readonly children: ReactNode;
}

/** What `PluginPage` of @grafana/runtime draws. */
export function PluginPage({ pageNav, actions, subTitle, renderTitle, children }: PageParts): React.JSX.Element {
  const theme = useTheme2();
  const tabs = pageNav?.children ?? [];
  return (
    <div style={{ padding: theme.spacing(3), background: theme.colors.background.primary, minHeight: '100vh' }}>
      <nav aria-label="Breadcrumbs">{trail(pageNav).join(' › ')}</nav>
      <div style={{ display: 'flex', justifyContent: 'space-between', gap: theme.spacing(2), flexWrap: 'wrap' }}>
        {renderTitle ? renderTitle(pageNav?.text ?? '') : <h1>{pageNav?.text}</h1>}
        <div style={{ display: 'flex', gap: theme.spacing(1) }}>{actions}</div>
      </div>
      {subTitle ? <div>{subTitle}</div> : null}
      {tabs.length > 0 ? (
        <TabsBar>
          {tabs.map((tab) => (
            <Tab key={tab.url} label={tab.text} active={tab.active ?? false} href={tab.url ?? ''} onChangeTab={(event) => {
              event.preventDefault();
              runtime.locationService.push(tab.url ?? '');
            }} />
          ))}
        </TabsBar>
      ) : null}
      <div style={{ display: 'flex', flexDirection: 'column', flexGrow: 1, paddingTop: theme.spacing(2) }}>{children}</div>
    </div>
  );
}

function trail(item: NavModelItem | undefined): string[] {
  return item === undefined ? ['mlexporter'] : [...trail(item.parentItem), item.text];
}

/** The router of Grafana: follows its location service, under React Router 6, which it shares with plugins. */
export function GrafanaRouter({ children }: { readonly children: ReactNode }): React.JSX.Element {
  const history = runtime.locationService.getHistory();
  const [place, setPlace] = useState({ location: history.location, action: history.action });
  useLayoutEffect(() => history.listen((location, action) => { setPlace({ location, action }); }), [history]);
  return (
    <Router navigator={history as never} location={place.location as never} navigationType={place.action as never}>
      {children}
    </Router>
  );
}
