/** The compare panel as part of a page. */

import { VizPanel } from '@grafana/scenes';

import { DEFAULT_OPTIONS, type CompareOptions } from '../components/compare/compare_options';

import { asked, type NamedQueries } from './frame';
import { COMPARE_PANEL_ID } from './routes';

interface ComparePanelState {
  readonly title: string;
  readonly description: string;
  /** A key is a role of the panel. */
  readonly queries: NamedQueries;
  readonly options?: Partial<CompareOptions>;
}

/** Return a compare panel with its queries. */
export function comparePanel({ title, description, queries, options }: ComparePanelState): VizPanel<CompareOptions> {
  return new VizPanel<CompareOptions>({
    pluginId: COMPARE_PANEL_ID,
    title,
    description,
    options: { ...DEFAULT_OPTIONS, ...options },
    $data: asked(queries),
  });
}
