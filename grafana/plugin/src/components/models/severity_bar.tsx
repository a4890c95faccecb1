import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

import type { Tone } from '../../data/models/tones';
import { asRatio } from '../../data/models/numbers';
import { colours } from '../../levels.gen';

interface SeverityBarProps {
  readonly severity: number;
  /** Severity at which the bar is full. */
  readonly full: number;
  readonly tone: Tone;
  /** A word behind the number. */
  readonly note: string;
}

const COLOURS: Readonly<Record<Tone, string>> = {
  calm: colours.ok, watch: colours.watch, bad: colours.bad, worse: colours.worse,
};

/** A severity as a bar whose line is where drift begins, and as a number. */
export function SeverityBar({ severity, full, tone, note }: SeverityBarProps) {
  const styles = useStyles2(stylesOf);
  const part = Math.min(1, Math.max(0, severity / full));
  return (
    <span className={styles.cell}>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.bar} style={{ width: `${100 * part}%`, backgroundColor: COLOURS[tone] }} />
        <span className={styles.limit} style={{ left: `${100 / full}%` }} />
      </span>
      <span className={styles.number}>
        {severity >= 1 ? '▲ ' : ''}
        {asRatio(severity)}
      </span>
      <span className={styles.note}>{note}</span>
    </span>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  cell: css({ display: 'inline-flex', alignItems: 'center', gap: theme.spacing(1) }),
  track: css({
    position: 'relative', display: 'inline-block', width: 140, height: 12, backgroundColor: theme.colors.background.secondary,
    borderRadius: theme.shape.radius.default, overflow: 'hidden',
  }),
  bar: css({ position: 'absolute', top: 0, bottom: 0, left: 0 }),
  limit: css({ position: 'absolute', top: 0, bottom: 0, width: 1, backgroundColor: theme.colors.text.primary }),
  number: css({ minWidth: 52, textAlign: 'right', fontVariantNumeric: 'tabular-nums' }),
  note: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
