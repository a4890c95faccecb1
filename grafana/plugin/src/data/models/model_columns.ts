/** The columns of the page Models: what they say and how they are ordered. The same words as the dashboard Fleet. */

import { anyLevels, burnLevels, colours, severityLevels, stateLevels } from '../../levels.gen';

import type { ModelRow, NumberName } from './model_rows';
import { asAmount, asCount, asDuration, asProfileAge, asRatio, asShare } from './numbers';
import type { Sortable } from './order';
import { wordOf } from './state';
import { toneOf, type Tone } from './tones';

/** One column with what its cells say. */
export interface ModelColumn extends Sortable<ModelRow> {
  readonly id: string;
  readonly title: string;
  /** Behind the title: what it says, and when it is bad. */
  readonly meaning: string;
  readonly kind: 'link' | 'text' | 'number' | 'course';
  readonly text: (row: ModelRow) => string;
  readonly tone: (row: ModelRow) => Tone;
}

/** Alerts, of which State already says how bad they are. */
const ALERTS = [{ from: null, colour: colours.ok }, { from: 1, colour: colours.bad }];

function label(id: 'name' | 'version' | 'variant', title: string, meaning: string): ModelColumn {
  const kind = id === 'name' ? 'link' : 'text';
  return { id, title, meaning, kind, text: (row) => row[id], sortBy: (row) => row[id], tone: () => 'calm' };
}

function number(
  id: NumberName, title: string, meaning: string, write: (value: number | null) => string,
  levels: Parameters<typeof toneOf>[1] = []
): ModelColumn {
  return {
    id, title, meaning, kind: 'number',
    text: (row) => write(row.numbers[id]),
    sortBy: (row) => row.numbers[id],
    tone: (row) => toneOf(row.numbers[id], levels),
  };
}

/** The columns, in order. */
export const MODEL_COLUMNS: readonly ModelColumn[] = [
  label('name', 'Model', 'The name that the model was monitored under.'),
  label('version', 'Version', 'Two versions of one model that are both red point to the data, one alone to the version.'),
  label('variant', 'Variant', 'Its role: primary, canary, shadow.'),
  {
    id: 'state', title: 'State', kind: 'text', tone: ({ numbers }) => toneOf(numbers.state, stateLevels),
    meaning: `What it asks for. ${wordOf('page')}: somebody is called now; ${wordOf('ticket')}: somebody looks by day; drift: ` +
      'beyond a threshold, no alert yet; rules missing: nobody knows. The worst is on top.',
    text: (row) => wordOf(row.state),
    sortBy: (row) => row.numbers.state,
  },
  number('alerts', 'Alerts', 'Pages and tickets that fire for it.', asCount, ALERTS),
  number(
    'worst', 'Worst drift',
    'The largest severity of any feature, output or dependence, in any window and pod. From 1 on it is drift. Excluded ' +
      'features do not count.',
    asRatio, severityLevels
  ),
  {
    id: 'trend', title: 'Drift over time', kind: 'course', tone: () => 'calm',
    meaning: 'Worst drift over the time range. The dashed line is 1, where drift begins; the top is 5.',
    text: () => '',
    sortBy: (row) => row.numbers.worst,
  },
  number('drifted', 'Drifted', 'Features beyond their threshold.', asCount, anyLevels),
  number(
    'data', 'Bad data', 'Features with more missing, invalid, out-of-range, unseen or mistyped values than allowed.', asCount, anyLevels
  ),
  number('rows', 'Rows/min', 'Rows accepted for prediction in a minute, all pods together.', asAmount),
  number('errors', 'Errors', 'The share of calls that raise now.', asShare),
  number(
    'burn', 'Burn', 'How many times too fast the error budget burned in the last hour; 6 and 14.4 page.', asRatio, burnLevels
  ),
  number('latency', 'p95', 'The time within which 95 of 100 calls are done.', asDuration),
  number(
    'quality', 'Quality loss',
    'How far estimated quality is below its reference for sure, in units of what is tolerated. From 1 on it is an alert.',
    asRatio, severityLevels
  ),
  {
    ...number('profile', 'Profile age', 'How long ago the profile was learned.', asProfileAge),
    sortBy: ({ numbers: { profile } }) => (profile === null || profile < 0 ? null : profile),
  },
];

/** The column that the table is ordered by until somebody chooses another one. */
export const FIRST_ORDER = { column: 'state', direction: 'descending' } as const;

/** Return what a search looks into. */
export function searchedText(row: ModelRow): string {
  return `${row.name} ${row.version} ${row.variant} ${wordOf(row.state)}`;
}
