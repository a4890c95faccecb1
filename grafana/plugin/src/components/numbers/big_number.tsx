import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Tooltip, useStyles2 } from '@grafana/ui';
import React, { type ReactNode } from 'react';

import type { Tone } from '../../data/models/tones';
import { colours } from '../../levels.gen';

interface BigNumberProps {
  readonly title: string;
  /** What the number says and when it is bad; shown when somebody points at it. */
  readonly meaning: string;
  /** The number with its unit, or the reason why there is none. */
  readonly text: string;
  readonly tone: Tone;
  /** A second, small line, such as what a number is compared with. */
  readonly note?: string;
  /** True where `text` is a reason rather than a number: it is written small. */
  readonly isReason?: boolean;
  /** A small line over time, below the number. */
  readonly children?: ReactNode;
}

/** One number, large, with the colour of its level on its edge. */
export function BigNumber({ title, meaning, text, tone, note, isReason, children }: BigNumberProps) {
  const styles = useStyles2(stylesOf);
  return (
    <Tooltip content={meaning}>
      {/* Reachable by keyboard, so that its meaning is. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={cx(styles.tile, styles[tone])} role="group" aria-label={`${title}: ${text}`} tabIndex={0}>
        <div className={styles.title}>{title}</div>
        <div className={isReason ? styles.reason : styles.number}>{text}</div>
        {note !== undefined && <div className={styles.note}>{note}</div>}
        {children}
      </div>
    </Tooltip>
  );
}

const stylesOf = (theme: GrafanaTheme2) => {
  const edge = (colour: string) => css({ borderLeftColor: colour });
  return {
    tile: css({
      flex: '1 1 120px',
      maxWidth: 240,
      minWidth: 110,
      padding: theme.spacing(1, 1.5),
      border: `1px solid ${theme.colors.border.weak}`,
      borderLeft: `4px solid ${theme.colors.border.medium}`,
      borderRadius: theme.shape.radius.default,
      backgroundColor: theme.colors.background.primary,
      display: 'flex',
      flexDirection: 'column',
      gap: theme.spacing(0.25),
    }),
    calm: '',
    watch: edge(colours.watch),
    bad: edge(colours.bad),
    worse: edge(colours.worse),
    title: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
    number: css({ whiteSpace: 'nowrap', fontSize: theme.typography.h2.fontSize, lineHeight: 1.2, fontVariantNumeric: 'tabular-nums' }),
    reason: css({ color: theme.colors.text.secondary, lineHeight: 1.4 }),
    note: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  };
};
