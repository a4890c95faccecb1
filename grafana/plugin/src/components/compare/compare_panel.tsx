import { LoadingState, type PanelData, type PanelProps } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import React, { useCallback, useMemo, useSyncExternalStore } from 'react';

import { compareFrames } from '../../data/distributions/comparisons';
import { ROLES, type Role } from '../../data/distributions/frames';
import { completeOptions, type CompareOptions } from './compare_options';
import { CompareView } from './compare_view';

/** The panel in Grafana: its frames, its options, and the dashboard's variable. */
export function ComparePanel({ data, options: stored, width, height }: PanelProps<CompareOptions>) {
  const options = useMemo(() => completeOptions(stored), [stored]);
  const comparisons = useMemo(
    () => compareFrames(data.series, { facet: options.facet, roles: knownRoles(options.roles) }),
    [data.series, options.facet, options.roles]
  );
  const selected = useVariable(options.variable);
  const choose = useCallback(
    (subject: string) => {
      if (options.variable !== '') {
        locationService.partial({ [`var-${options.variable}`]: subject }, true);
      }
    },
    [options.variable]
  );
  return (
    <CompareView
      comparisons={comparisons}
      options={options}
      width={width}
      height={height}
      selected={selected}
      onChoose={choose}
      isLoading={data.state === LoadingState.Loading || data.state === LoadingState.NotStarted}
      error={data.state === LoadingState.Error ? errorOf(data) : null}
    />
  );
}

function errorOf(panel: PanelData): string {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- Grafana 11.6 fills nothing else where a request failed
  const { message, data } = panel.errors?.[0] ?? panel.error ?? {};
  return message ?? data?.message ?? 'unknown reason';
}

/** The values of a dashboard variable as the address has them. */
function useVariable(name: string): readonly string[] {
  const address = useSyncExternalStore(onLocation, () => locationService.getSearch().toString());
  return useMemo(() => (name === '' ? [] : new URLSearchParams(address).getAll(`var-${name}`)), [address, name]);
}

function onLocation(notify: () => void): () => void {
  const subscription = locationService.getLocationObservable().subscribe(notify);
  return () => subscription.unsubscribe();
}

function knownRoles(roles: Readonly<Record<string, string>>): Record<string, Role> {
  return Object.fromEntries(
    Object.entries(roles).flatMap(([refId, name]) => {
      const role = ROLES.find((known) => known === name);
      return role === undefined ? [] : [[refId, role]];
    })
  );
}
