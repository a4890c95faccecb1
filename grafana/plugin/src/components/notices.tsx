import { LoadingState, type PanelData } from '@grafana/data';
import { Alert, LoadingPlaceholder } from '@grafana/ui';
import React, { type ReactNode } from 'react';

import { PageLink } from './page_link';

/** What stands where a page has nothing to show yet. */
export function Loading({ what }: { readonly what: string }) {
  return <LoadingPlaceholder text={`Asking Prometheus for ${what} …`} />;
}

/** What stands where Prometheus has refused a query, with its own words. */
export function Failure({ data }: { readonly data: PanelData }) {
  const said = (data.errors ?? []).map((error) => error.message ?? error.data?.message ?? 'no reason given');
  return (
    <Alert severity="error" title="Prometheus has not answered">
      {[...new Set(said.length > 0 ? said : ['No reason given.'])].map((words) => (
        <div key={words}>{words}</div>
      ))}
      <div>
        <PageLink to="setupCheck">Setup check</PageLink> says what to repair.
      </div>
    </Alert>
  );
}

/** What stands where nothing is wrong but nothing is there. */
export function Nothing({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Alert severity="info" title={title}>
      {children}
    </Alert>
  );
}

/** What stands where no model is known at all. */
export function NoModels() {
  return (
    <Nothing title="No model reports to this data source">
      Choose another data source or time range above, or open <PageLink to="setupCheck">Setup check</PageLink>: it finds what
      is missing and gives the fix to copy.
    </Nothing>
  );
}

/** What stands where no model could be chosen: because there is none, or because nobody answers. */
export function WithoutModel({ data }: { readonly data: PanelData | undefined }) {
  return data !== undefined && hasFailed(data) ? <Failure data={data} /> : <NoModels />;
}

/** Return whether queries are on their way and have not answered anything yet. */
export function isFirstLoad(data: PanelData | undefined): boolean {
  return data === undefined || (data.state !== LoadingState.Done && data.state !== LoadingState.Error && data.series.length === 0);
}

/** Return whether queries have failed. */
export function hasFailed(data: PanelData): boolean {
  return data.state === LoadingState.Error || (data.errors ?? []).length > 0;
}
