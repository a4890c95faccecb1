import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';
import React, { type ReactNode } from 'react';

import { paletteOf } from './palette';
import { FewerPattern, useSvgId } from './svg_patterns';

interface LegendProps {
  /** What the sides are called. */
  readonly referenceName: string;
  readonly currentName: string;
  readonly hasExpected: boolean;
  /** Without the words of the differences. */
  readonly isShort: boolean;
}

/** What the marks of all plots mean. */
export function Legend({ referenceName, currentName, hasExpected, isShort }: LegendProps) {
  const palette = paletteOf(useTheme2());
  const styles = useStyles2(getStyles);
  const pattern = `legend${useSvgId()}`;
  return (
    <ul className={styles.list} aria-label="Legend">
      <Entry text={currentName}>
        <rect x="1" y="3" width="5" height="9" fill={palette.common} />
        <rect x="7" y="1" width="5" height="11" fill={palette.common} />
        <rect x="13" y="5" width="5" height="7" fill={palette.common} />
      </Entry>
      <Entry text={referenceName}>
        <path d="M1 12V6H7V1.5H13V8H18V12" fill="none" stroke={palette.reference} strokeWidth="1.5" />
      </Entry>
      {hasExpected && (
        <Entry text="Expected now">
          <path d="M1 12V6H7V1.5H13V8H18V12" fill="none" stroke={palette.expected} strokeWidth="1.5" strokeDasharray="4 3" />
        </Entry>
      )}
      {!isShort && (
        <Entry text="more now">
          <rect x="3" y="1" width="13" height="11" fill={palette.more} />
        </Entry>
      )}
      {!isShort && (
        <Entry text="fewer now">
          <defs>
            <FewerPattern id={pattern} palette={palette} />
          </defs>
          <rect x="3" y="1" width="13" height="11" fill={`url(#${pattern})`} />
        </Entry>
      )}
    </ul>
  );
}

function Entry({ text, children }: { readonly text: string; readonly children: ReactNode }) {
  const styles = useStyles2(getStyles);
  return (
    <li className={styles.entry}>
      <svg width="19" height="13" aria-hidden="true">
        {children}
      </svg>
      {text}
    </li>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    list: css({
      display: 'flex',
      flexWrap: 'wrap',
      gap: '2px 14px',
      margin: 0,
      padding: 0,
      listStyle: 'none',
      color: theme.colors.text.secondary,
      fontSize: theme.typography.bodySmall.fontSize,
    }),
    entry: css({ display: 'inline-flex', alignItems: 'center', gap: 6, whiteSpace: 'nowrap' }),
  };
}
