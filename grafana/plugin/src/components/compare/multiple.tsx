import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { memo, useMemo } from 'react';

import { type Comparison } from '../../data/comparison';
import { badgeOf } from '../../data/distributions/badge';
import { sentenceOf } from '../../data/distributions/summary';
import { SeverityBadge } from './badge';
import { type CompareOptions } from './compare_options';
import { InteractivePlot } from './interactive_plot';
import { drawnBins, knownSides } from './plot/sides';
import { fittingNotes, notesOf } from './score_words';

interface MultipleProps {
  readonly comparison: Comparison;
  /** Pixels, the border included. */
  readonly width: number;
  readonly height: number;
  readonly options: CompareOptions;
  readonly isSelected: boolean;
  /** The only one: it fills the panel, and has a grid and contributions. */
  readonly isAlone?: boolean;
  readonly onChoose: (subject: string) => void;
}

const PADDING = 10;
const TITLE_HEIGHT = 24;
const NOTE_HEIGHT = 16;

/** Below these sizes there is no room for the line of notes, the grid, the strip. */
const HEIGHT_FOR_NOTES = 140;
const HEIGHT_FOR_GRID = 150;
const HEIGHT_FOR_STRIP = 260;
const WIDTH_FOR_GRID = 320;

/** One small multiple: title, badge, and the plot of one subject. */
export const Multiple = memo(function Multiple({ comparison, width, height, options, isSelected, isAlone = false, onChoose }: MultipleProps) {
  const styles = useStyles2(getStyles);
  const sides = useMemo(() => knownSides(comparison), [comparison]);
  const sentence = useMemo(() => sentenceOf(comparison, sides.contributions), [comparison, sides]);
  const hasBins = drawnBins(sides).length > 0;
  const notes = notesOf(comparison, isAlone ? sides.contributions : []);
  const padding = isAlone ? 0 : PADDING;
  const fitting = fittingNotes(notes, width - 2 * padding);
  const hasNotes = height >= HEIGHT_FOR_NOTES && notes.length > 0;
  const plotWidth = Math.max(40, width - 2 * padding - (isAlone ? 0 : 2));
  const plotHeight = Math.max(30, height - TITLE_HEIGHT - (hasNotes ? NOTE_HEIGHT : 0) - 2 * Math.min(padding, 6));
  const hasGrid = isAlone && height >= HEIGHT_FOR_GRID && width >= WIDTH_FOR_GRID;
  const level = badgeOf(comparison);
  const isLoud = level.isKnown && !comparison.score.isExcluded && (comparison.score.severity ?? 0) >= 1;

  return (
    <div
      role="group"
      aria-label={sentence}
      aria-current={isSelected ? 'true' : undefined}
      className={cx(styles.card, isAlone ? styles.alone : styles.framed, isSelected && !isAlone && styles.selected)}
      style={{ width, height }}
    >
      {isLoud && !isAlone && <div className={styles.edge} style={{ background: level.colour }} />}
      <div className={cx(styles.head, !isAlone && styles.spread)}>
        <Title comparison={comparison} isClickable={options.variable !== '' && !isAlone} isReachable={!hasBins} onChoose={onChoose} />
        <SeverityBadge comparison={comparison} isShort={width < 240} isNarrow={width < 320 && comparison.title.length > 12} />
      </div>
      {hasNotes && (
        <div className={styles.notes} title={notes.join(' · ')}>
          {fitting}
        </div>
      )}
      {hasBins ? (
        <InteractivePlot
          comparison={comparison}
          sides={sides}
          width={plotWidth}
          height={plotHeight}
          options={options}
          hasGrid={hasGrid}
          hasStrip={hasGrid && height >= HEIGHT_FOR_STRIP && sides.contributions.some(({ psiShare }) => psiShare !== null)}
          hasTable={isAlone}
          onChoose={onChoose}
        />
      ) : (
        <div className={styles.nothing} style={{ height: plotHeight }}>
          Nothing is known of its rows
        </div>
      )}
    </div>
  );
});

interface TitleProps {
  readonly comparison: Comparison;
  readonly isClickable: boolean;
  /** The tab key stops here: there are no bins to stop at. */
  readonly isReachable: boolean;
  readonly onChoose: (subject: string) => void;
}

function Title({ comparison, isClickable, isReachable, onChoose }: TitleProps) {
  const styles = useStyles2(getStyles);
  const { title, subject } = comparison;
  if (!isClickable) {
    return (
      <span dir="auto" className={styles.title} title={title}>
        {title}
      </span>
    );
  }
  return (
    <button type="button" dir="auto" tabIndex={isReachable ? 0 : -1} className={cx(styles.title, styles.link)} title={title} onClick={() => onChoose(subject)}>
      {title}
    </button>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    card: css({ position: 'relative', boxSizing: 'border-box', overflow: 'hidden' }),
    alone: css({ padding: 0 }),
    framed: css({
      padding: `5px ${PADDING}px`,
      border: `1px solid ${theme.colors.border.weak}`,
      borderRadius: theme.shape.radius.default,
      '&:hover': { borderColor: theme.colors.border.strong },
    }),
    selected: css({ borderColor: theme.colors.primary.border, boxShadow: `inset 0 0 0 1px ${theme.colors.primary.border}` }),
    edge: css({ position: 'absolute', left: 0, top: 0, bottom: 0, width: 3 }),
    head: css({ display: 'flex', alignItems: 'center', gap: 12, height: TITLE_HEIGHT }),
    spread: css({ justifyContent: 'space-between' }),
    title: css({
      minWidth: 0,
      overflow: 'hidden',
      textOverflow: 'ellipsis',
      whiteSpace: 'nowrap',
      fontWeight: theme.typography.fontWeightMedium,
      fontSize: theme.typography.body.fontSize,
      color: theme.colors.text.primary,
      textAlign: 'left',
    }),
    link: css({
      padding: 0,
      border: 'none',
      background: 'none',
      cursor: 'pointer',
      '&:hover': { textDecoration: 'underline' },
      '&:focus-visible': { outline: `2px solid ${theme.colors.primary.main}`, outlineOffset: 1 },
    }),
    notes: css({
      height: NOTE_HEIGHT,
      lineHeight: `${NOTE_HEIGHT}px`,
      overflow: 'hidden',
      textOverflow: 'ellipsis',
      whiteSpace: 'nowrap',
      fontSize: theme.typography.bodySmall.fontSize,
      color: theme.colors.text.secondary,
    }),
    nothing: css({
      display: 'flex',
      alignItems: 'center',
      justifyContent: 'center',
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
    }),
  };
}
