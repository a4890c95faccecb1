/** Stands for Grafana's own panels, which are in no package: says which one it is and what it was given. */
import { FieldType, PanelPlugin, type PanelProps } from '@grafana/data';
import React from 'react';

/** Return a panel that lists its series, under the name of one of Grafana's. */
export function corePanel(id: string): PanelPlugin {
  function CorePanel({ data, width, height }: PanelProps): React.JSX.Element {
    const names = data.series.map((frame) => {
      const field = frame.fields.find((each) => each.type === FieldType.number);
      return field?.config.displayName ?? (Object.values(field?.labels ?? {}).join(' ') || (frame.name ?? frame.refId ?? ''));
    });
    return (
      <div data-core-panel={id} style={{ width, height, overflow: 'hidden', opacity: 0.6 }}>
        {`${id}: ${String(names.length)} series`}
        {names.slice(0, 8).map((name, index) => <div key={index}>{name}</div>)}
      </div>
    );
  }
  return withMeta(new PanelPlugin(CorePanel), id, id);
}

/** Give a panel the description that Grafana keeps at it. */
export function withMeta(plugin: PanelPlugin, id: string, name: string): PanelPlugin {
  const info = { author: { name: '' }, description: '', links: [], logos: { small: '', large: '' }, screenshots: [], updated: '', version: '0' };
  plugin.meta = { id, name, type: 'panel', info, module: '', baseUrl: '', sort: 0 } as never;
  return plugin;
}
