import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { ClipboardButton, useStyles2 } from '@grafana/ui';
import React from 'react';

import { queries } from '../../queries.gen';

const EXAMPLES = [
  { role: 'reference', text: 'rows of training in each bin', query: queries.compareFeature.reference },
  { role: 'current', text: 'rows that came, in the same bins', query: queries.compareFeature.current },
  { role: 'severity', text: 'distance in units of the alert threshold', query: queries.compareFeature.severity },
];

interface NoDataProps {
  readonly width: number;
  readonly height: number;
  readonly isLoading: boolean;
  /** Why queries failed, or null. */
  readonly error: string | null;
}

/** There is nothing to draw: what the panel asks for, to copy. */
export function NoData({ width, height, isLoading, error }: NoDataProps) {
  const styles = useStyles2(getStyles);
  if (isLoading) {
    return <p className={styles.text}>Loading distributions</p>;
  }
  if (error !== null) {
    return (
      <div className={styles.page} style={{ width, height }}>
        <strong>The queries failed</strong>
        <p className={styles.text}>{error}</p>
      </div>
    );
  }
  return (
    <div className={styles.page} style={{ width, height }}>
      <strong>No distributions to compare</strong>
      <p className={styles.text}>
        No query gave rows by bin. Choose a model that has a profile and a time range with predictions, or write the queries of this panel: instant,
        format Table, each named after what it gives.
      </p>
      {height >= 220 && width >= 360 && (
        <dl className={styles.list}>
          {EXAMPLES.map(({ role, text, query }) => (
            <div key={role} className={styles.row}>
              <dt>
                <code>{role}</code> <span className={styles.text}>{text}</span>
              </dt>
              <dd className={styles.query}>
                <code className={styles.code} title={query}>
                  {query}
                </code>
                <ClipboardButton size="sm" variant="secondary" fill="outline" aria-label={`Copy the query ${role}`} getText={() => query}>
                  Copy
                </ClipboardButton>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    page: css({
      display: 'flex',
      flexDirection: 'column',
      paddingTop: theme.spacing(2),
      gap: theme.spacing(1),
      overflow: 'auto',
      maxWidth: 900,
      margin: '0 auto',
    }),
    text: css({ color: theme.colors.text.secondary, margin: 0 }),
    list: css({ display: 'grid', gap: theme.spacing(1), margin: 0 }),
    row: css({ display: 'grid', gap: 2 }),
    query: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), margin: 0, minWidth: 0 }),
    code: css({
      flex: 1,
      minWidth: 0,
      overflow: 'hidden',
      textOverflow: 'ellipsis',
      whiteSpace: 'nowrap',
      padding: '3px 6px',
      background: theme.colors.background.canvas,
      color: theme.colors.text.primary,
      border: `1px solid ${theme.colors.border.weak}`,
    }),
  };
}
