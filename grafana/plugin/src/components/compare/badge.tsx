import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import React from 'react';

import { type Comparison } from '../../data/comparison';
import { badgeOf } from '../../data/distributions/badge';
import { scoreLines } from '../../data/distributions/summary';

interface SeverityBadgeProps {
  readonly comparison: Comparison;
  /** Only symbol and number, where there is little room; the word is in its title. */
  readonly isShort?: boolean;
  /** Fewer words. */
  readonly isNarrow?: boolean;
}

/** How far a subject has drifted: symbol, number, word and colour; 1 is where the alert is. Without a score: why. */
export function SeverityBadge({ comparison, isShort = false, isNarrow = false }: SeverityBadgeProps) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const { text, word, colour, isKnown } = badgeOf(comparison);
  const { isExcluded, severity } = comparison.score;
  const title = [`${text} × the threshold of the alert: ${word}`, ...scoreLines(comparison)].join('\n');
  // Filled only from where someone should look: what is well stays quiet.
  const isFilled = isKnown && !isExcluded && severity !== null && severity >= 0.5;
  const excludedWord = isNarrow ? 'no alert' : 'not alerted on';
  const look = isFilled
    ? { background: colour, borderColor: colour, color: readableOn(colour) }
    : { borderColor: theme.colors.border.medium, color: theme.colors.text.secondary };
  return (
    <span className={styles.badge} style={look} title={isKnown ? title : [word, ...scoreLines(comparison)].join('\n')}>
      {/* The name of the group tells the number in words; triangles would be read out one by one. */}
      <strong className={styles.number} aria-hidden={isKnown}>
        {isKnown ? `${text}×` : text}
      </strong>
      {isKnown && !isShort && <span>{isExcluded ? excludedWord : word}</span>}
    </span>
  );
}

/** Black or white, whichever is easier to read on a colour. Source: relative luminance of WCAG 2. */
export function readableOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const value = parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  // Both contrasts are equal at sqrt(1.05 * 0.05) - 0.05.
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? '#111217' : '#FFFFFF';
}

function getStyles(theme: GrafanaTheme2) {
  return {
    badge: css({
      display: 'inline-flex',
      alignItems: 'baseline',
      gap: 5,
      flexShrink: 0,
      maxWidth: '100%',
      padding: '0 7px',
      borderRadius: 10,
      border: '1px solid transparent',
      fontSize: theme.typography.bodySmall.fontSize,
      lineHeight: '18px',
      whiteSpace: 'nowrap',
      overflow: 'hidden',
    }),
    number: css({ fontWeight: theme.typography.fontWeightBold, fontVariantNumeric: 'tabular-nums' }),
  };
}
