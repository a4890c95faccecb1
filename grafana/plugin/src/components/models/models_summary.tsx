import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

import type { Tone } from '../../data/models/tones';
import type { ModelRow } from '../../data/models/model_rows';
import { UNKNOWN } from '../../data/models/numbers';
import { STATE_MEANINGS, type ModelState } from '../../data/models/state';
import { BigNumber } from '../numbers/big_number';

interface Told {
  readonly state: ModelState;
  readonly title: string;
  readonly tone: Tone;
  /** Whether it is told where there is none of it. */
  readonly isAlwaysTold: boolean;
}

const TOLD: readonly Told[] = [
  { state: 'page', title: '▲ Page', tone: 'worse', isAlwaysTold: true },
  { state: 'ticket', title: '● Ticket', tone: 'bad', isAlwaysTold: true },
  { state: 'drift', title: 'Drift', tone: 'watch', isAlwaysTold: true },
  { state: 'no-alert', title: 'No alert', tone: 'calm', isAlwaysTold: true },
  { state: 'rules-missing', title: 'Rules missing', tone: 'calm', isAlwaysTold: false },
  { state: 'unknown', title: 'Silent', tone: 'calm', isAlwaysTold: false },
];

/** States that only somebody can be in whose alerts are known. */
const KNOWING: readonly ModelState[] = ['page', 'ticket', 'no-alert', 'drift'];

/** How many models are in which state. */
export function ModelsSummary({ rows }: { readonly rows: readonly ModelRow[] }) {
  const styles = useStyles2(stylesOf);
  return (
    <div className={styles.line}>
      {TOLD.map(({ state, title, tone, isAlwaysTold }) => {
        const count = rows.filter((row) => row.state === state).length;
        // Where no row knows its alerts, 0 pages would be a lie.
        const isKnown = count > 0 || !KNOWING.includes(state) || rows.some((row) => KNOWING.includes(row.state));
        return count > 0 || isAlwaysTold ? (
          <BigNumber
            key={state}
            title={title}
            meaning={STATE_MEANINGS[state]}
            text={isKnown ? String(count) : UNKNOWN}
            tone={count > 0 ? tone : 'calm'}
          />
        ) : null;
      })}
    </div>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  line: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1) }),
});
