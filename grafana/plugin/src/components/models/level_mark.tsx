import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

import type { Tone } from '../../data/models/tones';
import { colours } from '../../levels.gen';

interface LevelMarkProps {
  readonly tone: Tone;
  readonly text: string;
}

/** A text on the colour of its level; a calm one has none. The text alone says the same. */
export function LevelMark({ tone, text }: LevelMarkProps) {
  const styles = useStyles2(stylesOf);
  return tone === 'calm' ? <>{text}</> : <span className={cx(styles.mark, styles[tone])}>{text}</span>;
}

const stylesOf = (theme: GrafanaTheme2) => {
  const filled = (colour: string) =>
    css({ backgroundColor: colour, color: theme.colors.getContrastText(colour) });
  return {
    mark: css({
      display: 'inline-block',
      padding: theme.spacing(0, 0.75),
      borderRadius: theme.shape.radius.default,
      fontWeight: theme.typography.fontWeightMedium,
      whiteSpace: 'nowrap',
    }),
    watch: filled(colours.watch),
    bad: filled(colours.bad),
    worse: filled(colours.worse),
  };
};
