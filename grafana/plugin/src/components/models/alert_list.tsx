import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

import { alertRows, type AlertSeverity } from '../../data/models/alert_rows';
import { labelledValues } from '../../data/models/labelled_values';
import type { Tone } from '../../data/models/tones';
import { asDuration } from '../../data/models/numbers';
import { chosenValue, isWithoutModel } from '../../pages/chosen';
import type { DataViewProps } from '../data_view';
import { Failure, Loading, hasFailed, isFirstLoad } from '../notices';
import { PageLink } from '../page_link';

import { LevelMark } from './level_mark';

const TONES: Readonly<Record<AlertSeverity, Tone>> = { page: 'worse', ticket: 'bad', note: 'calm' };
const WORDS: Readonly<Record<AlertSeverity, string>> = { page: '▲ page', ticket: '● ticket', note: 'note' };

/** Alerts of the chosen model that fire, the most urgent first. */
export function AlertListView({ data, scene }: DataViewProps) {
  const styles = useStyles2(stylesOf);
  if (isWithoutModel(scene)) {
    return null; // the numbers above say so
  }
  if (data === undefined || isFirstLoad(data)) {
    return <Loading what="alerts" />;
  }
  const rows = alertRows(data.series);
  const areRulesLoaded = labelledValues(data.series, 'rulesLoaded').length > 0;
  return (
    <section className={styles.list} aria-label="Firing alerts of all versions">
      <h2 className={styles.title}>Firing alerts of all versions</h2>
      {hasFailed(data) && <Failure data={data} />}
      {rows.length === 0 && <p className={styles.none}>{areRulesLoaded ? 'Nothing fires for this model.' : <RulesMissing />}</p>}
      <ul className={styles.rows}>
        {rows.map((row) => (
          <li key={row.key} className={styles.row}>
            <LevelMark tone={TONES[row.severity]} text={WORDS[row.severity]} />
            <span className={styles.words}>
              <strong>{row.alert}</strong>{' '}
              {row.feature === '' ? (
                row.subject
              ) : (
                <PageLink
                  to="feature"
                  choices={{
                    model_name: chosenValue(scene, 'model_name'),
                    model_version: row.version === '' ? undefined : row.version,
                    variant: row.variant === '' ? undefined : row.variant,
                    feature: row.feature,
                  }}
                >
                  {row.subject}
                </PageLink>
              )}
              <span className={styles.detail}>
                {[`${row.version} ${row.variant}`.trim(), row.lasting === null ? '' : `for ${asDuration(row.lasting)}`]
                  .filter((words) => words !== '')
                  .join(', ')}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RulesMissing() {
  return (
    <>
      Nobody knows: Prometheus has not loaded the alert rules. <PageLink to="setupCheck">Setup check</PageLink> says how.
    </>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  list: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), width: '100%' }),
  title: css({ fontSize: theme.typography.h5.fontSize, margin: 0, lineHeight: theme.spacing(4) }),
  none: css({ color: theme.colors.text.secondary, margin: 0 }),
  rows: css({ listStyle: 'none', display: 'flex', flexDirection: 'column', gap: theme.spacing(0.5) }),
  row: css({
    display: 'flex', gap: theme.spacing(1), alignItems: 'flex-start', padding: theme.spacing(0.75, 1),
    border: `1px solid ${theme.colors.border.weak}`, borderRadius: theme.shape.radius.default,
    backgroundColor: theme.colors.background.primary,
  }),
  words: css({ minWidth: 0, overflowWrap: 'anywhere' }),
  detail: css({ display: 'block', color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
