import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

import { type Check } from '../../data/setup/check';
import { inGroups, summary } from '../../data/setup/evaluate';

import { CheckCard, CheckLine, GroupLine } from './check_view';

/** All checks: what needs somebody stands open on top, what is well is folded away. */
export function ChecksView({ checks }: { readonly checks: readonly Check[] }) {
  const styles = useStyles2(stylesOf);
  const urgent = checks.filter(({ state }) => state === 'missing' || state === 'attention');
  const quiet = checks.filter(({ state }) => state === 'unknown' || state === 'unused');
  const well = checks.filter(({ state }) => state === 'ok');
  return (
    <div className={styles.page}>
      <div className={styles.summary} role="status">
        {summary(checks)}
      </div>
      {urgent.map((check) => (
        <CheckCard key={check.id} check={check} />
      ))}
      {quiet.length > 0 && (
        <section className={styles.group} aria-label="Not used or unknown">
          {inGroups(quiet).map(({ checks: [first, ...others] }) =>
            others.length > 0 ? <GroupLine key={first.id} checks={[first, ...others]} /> : <CheckLine key={first.id} check={first} />
          )}
        </section>
      )}
      {well.length > 0 && (
        // With nothing else to see, what is well is what one came for.
        <details className={styles.group} open={urgent.length === 0}>
          <summary className={styles.fold}>
            <span aria-hidden="true">✓</span> {well.length} ok
          </summary>
          {well.map((check) => (
            <CheckLine key={check.id} check={check} />
          ))}
        </details>
      )}
    </div>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  page: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1.5), maxWidth: 1100, width: '100%' }),
  summary: css({ fontSize: theme.typography.h4.fontSize }),
  group: css({
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    backgroundColor: theme.colors.background.primary,
  }),
  fold: css({ padding: theme.spacing(1), cursor: 'pointer', color: theme.colors.primary.text, fontWeight: theme.typography.fontWeightMedium }),
});
