/** One panel, drawn on frames that a test made, or on what Prometheus answers. */
import {
  EventBusSrv, LoadingState, applyFieldOverrides, createTheme, dateTime, toDataFrame,
  type DataFrame, type FieldConfigSource, type FieldType, type PanelData, type PanelPlugin, type PanelProps, type TimeRange,
} from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { useTheme2 } from '@grafana/ui';
import React, { useEffect, useState } from 'react';
import { firstValueFrom } from 'rxjs';

import { queries } from '../src/queries.gen';
import { source } from './services';

/** Groups of queries that the plugin has for the panel. */
const GROUPS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  compare: queries.compare,
  compareFeature: queries.compareFeature,
  compareOutputs: queries.compareOutputs,
};

interface MadeField {
  readonly name: string;
  readonly type: FieldType;
  readonly values: readonly unknown[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** What a test wants to see. */
export interface Shown {
  /** Frames as they are; or instant queries by `refId`, or the name of a group of them, asked of Prometheus as tables. */
  readonly frames?: ReadonlyArray<{ readonly refId?: string; readonly fields: readonly MadeField[] }>;
  readonly queries?: string | Readonly<Record<string, string>>;
  /** End of the time range, milliseconds since 1970; now if not given. */
  readonly now?: number;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly state?: LoadingState;
  readonly width?: number;
  readonly height?: number;
}

const EMPTY: FieldConfigSource = { defaults: {}, overrides: [] };

async function framesOf(shown: Shown, range: TimeRange): Promise<DataFrame[]> {
  if (shown.queries === undefined) {
    return (shown.frames ?? []).map((frame) => toDataFrame(frame));
  }
  const wanted = typeof shown.queries === 'string' ? (GROUPS[shown.queries] ?? {}) : shown.queries;
  const targets = Object.entries(wanted).map(([refId, expr]) => ({ refId, expr, instant: true, format: 'table' }));
  const request = { targets, range, intervalMs: 300_000, scopedVars: {} } as never;
  return (await firstValueFrom(source.query(request))).data;
}

/** Draws the panel in a box of the wanted size, 1000 x 700 pixels if none is. */
export function PanelStage({ plugin, shown }: { readonly plugin: PanelPlugin; readonly shown: Shown }): React.JSX.Element | null {
  const theme = useTheme2();
  const [data, setData] = useState<PanelData | null>(null);
  useEffect(() => {
    let isWanted = true;
    const to = dateTime(shown.now ?? Date.now());
    const from = dateTime(to.valueOf() - 86_400_000);
    const range = { from, to, raw: { from, to } };
    void framesOf(shown, range).then((frames) => {
      const series = applyFieldOverrides({
        data: frames, fieldConfig: EMPTY, replaceVariables: (text) => text, theme: createTheme(), timeZone: 'utc',
      });
      if (isWanted) {
        setData({ state: shown.state ?? LoadingState.Done, series, timeRange: range });
      }
    });
    return () => {
      isWanted = false;
    };
  }, [shown]);
  const Panel: React.ComponentType<PanelProps> | null = plugin.panel;
  if (data === null || Panel === null) {
    return null;
  }
  const width = shown.width ?? 1000;
  const height = shown.height ?? 700;
  return (
    <div id="stage" style={{ width, height, background: theme.colors.background.primary, position: 'relative' }}>
      <Panel
        id={1} data={data} timeRange={data.timeRange} timeZone="utc" width={width} height={height} transparent={false} title=""
        options={{ ...(plugin.defaults as object), ...shown.options }} fieldConfig={EMPTY} renderCounter={1}
        eventBus={new EventBusSrv()} onOptionsChange={() => undefined} onFieldConfigChange={() => undefined}
        onChangeTimeRange={() => undefined} replaceVariables={(text, scoped) => getTemplateSrv().replace(text, scoped)}
      />
    </div>
  );
}
