import { PanelPlugin } from '@grafana/data';

import { type CompareOptions } from '../../components/compare/compare_options';
import { ComparePanel } from '../../components/compare/compare_panel';
import { addOptionEditors } from './options';

/** What Grafana loads for the panel. */
export const plugin = new PanelPlugin<CompareOptions>(ComparePanel).setPanelOptions(addOptionEditors);
