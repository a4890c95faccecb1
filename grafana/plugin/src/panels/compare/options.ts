import { type PanelOptionsEditorBuilder } from '@grafana/data';

import { FACETS, MEASURES, ORDERS, SCALES, type CompareOptions } from '../../components/compare/compare_options';
import { RolesEditor } from '../../components/compare/roles_editor';

const COLUMN_CHOICES = [1, 2, 3, 4, 5, 6, 8];

/** Adds the editors of the options to the side pane, with their defaults. */
export function addOptionEditors(builder: PanelOptionsEditorBuilder<CompareOptions>): void {
  builder
    .addSelect({
      path: 'measure',
      name: 'Height of a bar',
      description: 'Density makes the area of a bar its share of rows, so that wide and narrow bins compare. Automatic: density for numbers, share for categories.',
      defaultValue: 'auto',
      settings: { options: [...MEASURES] },
    })
    .addSelect({
      path: 'axis',
      name: 'Axis of values',
      description: 'Automatic: logarithmic where the bins span more than two decades.',
      defaultValue: 'auto',
      settings: { options: [...SCALES] },
    })
    .addRadio({ path: 'order', name: 'Order', defaultValue: 'severity', settings: { options: [...ORDERS] } })
    .addSelect<'auto' | number, { options: Array<{ value: 'auto' | number; label: string }> }>({
      path: 'columns',
      name: 'Columns',
      defaultValue: 'auto',
      settings: {
        options: [
          { value: 'auto', label: 'As many as fit' },
          ...COLUMN_CHOICES.map((value) => ({ value, label: String(value) })),
        ],
      },
    })
    .addRadio({
      path: 'facet',
      name: 'Versions',
      description: 'Of a feature with several versions: show the one with most rows, or each.',
      defaultValue: 'none',
      settings: { options: [...FACETS] },
    })
    .addTextInput({
      path: 'variable',
      name: 'Variable that a click sets',
      description: 'Name of a dashboard variable; empty: a click does nothing.',
      defaultValue: 'feature',
    })
    .addBooleanSwitch({
      path: 'showSearch',
      name: 'Search box',
      description: 'Search and order above more than eight features.',
      defaultValue: true,
    })
    .addCustomEditor({
      id: 'roles',
      path: 'roles',
      name: 'Queries',
      description: 'What each query gives, where its name (its refId) does not say so.',
      category: ['Queries'],
      defaultValue: {},
      editor: RolesEditor,
    });
}
