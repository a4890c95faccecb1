import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { type KeyboardEvent, type RefObject } from 'react';

import { contributionWords, spokenRange } from '../../data/distributions/summary';
import { shareText } from '../../data/distributions/numbers';
import { type DrawnBin, type DrawnPlot } from './plot/shapes';

interface BinTargetsProps {
  readonly plot: DrawnPlot;
  /** What the list of bins is called. */
  readonly label: string;
  /** The element of the list; its children are the bins, in their order. */
  readonly list: RefObject<HTMLDivElement>;
  /** The bin on which the tab key lands. */
  readonly stopIndex: number;
  readonly isClickable: boolean;
  /** Called with the key of the bin under the pointer, and with null when there is none any more. */
  readonly onPoint: (key: string | null) => void;
  /** Called with the key of the bin that has the focus, and with null when all have lost it. */
  readonly onFocus: (key: string | null) => void;
  /** Called when someone wants to see what is behind the tooltip. */
  readonly onDismiss: () => void;
  readonly onChoose: () => void;
}

/**
 * The bins as a list that a pointer, the keyboard and a screen reader can walk over: one stop of the tab key for
 * each plot, arrow keys within it.
 */
export function BinTargets({ plot, label, list, stopIndex, isClickable, onPoint, onFocus, onDismiss, onChoose }: BinTargetsProps) {
  const styles = useStyles2(getStyles);

  const walk = (event: KeyboardEvent<HTMLDivElement>, index: number) => {
    const next = placeAfter(event.key, index, plot.bins.length);
    if (next !== null) {
      event.preventDefault();
      const option = list.current?.children[next];
      if (option instanceof HTMLElement) {
        option.focus();
      }
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onChoose();
    } else if (event.key === 'Escape') {
      onDismiss();
    }
  };

  return (
    <div ref={list} className={styles.list} role="listbox" aria-label={label} aria-orientation={plot.isUpright ? 'horizontal' : 'vertical'}>
      {plot.bins.map((bin, index) => (
        <div
          key={bin.key}
          role="option"
          aria-selected={index === stopIndex}
          aria-label={binWords(bin)}
          tabIndex={index === stopIndex ? 0 : -1}
          className={cx(styles.option, isClickable && styles.clickable)}
          style={{
            left: bin.target.x,
            top: bin.target.y,
            width: bin.target.width,
            height: bin.target.height,
            zIndex: bin.isAtom ? 2 : 1,
          }}
          onPointerEnter={() => onPoint(bin.key)}
          onPointerLeave={() => onPoint(null)}
          onFocus={() => onFocus(bin.key)}
          onBlur={() => onFocus(null)}
          onClick={onChoose}
          onKeyDown={(event) => walk(event, index)}
        />
      ))}
    </div>
  );
}

/** One bin in words, also where one of its sides is unknown. */
function binWords({ bin, contribution, referenceShare, currentShare }: DrawnBin): string {
  if (contribution !== null) {
    return `${spokenRange(bin)}: ${contributionWords(contribution)}`;
  }
  const reference = referenceShare === null ? '' : `, reference ${shareText(referenceShare)}`;
  const current = currentShare === null ? '' : `, current ${shareText(currentShare)}`;
  return `${spokenRange(bin)}${reference}${current}`;
}

/** Where a key leads to, or null where it is no key for walking. */
function placeAfter(key: string, index: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return Math.min(count - 1, index + 1);
    case 'ArrowLeft':
    case 'ArrowUp':
      return Math.max(0, index - 1);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

function getStyles(theme: GrafanaTheme2) {
  return {
    list: css({ position: 'absolute', inset: 0 }),
    option: css({
      position: 'absolute',
      borderRadius: 2,
      outline: 'none',
      cursor: 'default',
      '&:focus-visible': { boxShadow: `inset 0 0 0 2px ${theme.colors.primary.main}, 0 0 0 1px ${theme.colors.background.primary}` },
    }),
    clickable: css({ cursor: 'pointer' }),
  };
}
