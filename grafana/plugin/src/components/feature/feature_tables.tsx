import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { sceneGraph } from '@grafana/scenes';
import { useStyles2 } from '@grafana/ui';
import React, { type ReactNode } from 'react';

import { KIND_WORDS, badRows, type BadRow } from '../../data/feature/bad_values';
import { absentWords, severityWord } from '../../data/feature/verdict';
import { windowRows, type WindowRow } from '../../data/feature/windows';
import { severityText } from '../../data/distributions/badge';
import { numberText, rowsText, shareText } from '../../data/distributions/numbers';
import { toneOfSeverity } from '../../data/models/tones';
import { UNKNOWN } from '../../data/models/numbers';
import { type DataViewProps } from '../data_view';
import { LevelMark } from '../models/level_mark';
import { isFirstLoad } from '../notices';

/** The feature in each window, and its values that should not be there. */
export function FeatureTables({ data, scene }: DataViewProps) {
  const styles = useStyles2(stylesOf);
  if (data === undefined || isFirstLoad(data)) {
    return null;
  }
  const chosen = sceneGraph.interpolate(scene, '$window');
  const windows = windowRows(data.series);
  const bad = badRows(data.series);
  return (
    <div className={styles.beside}>
      {windows.length > 0 && <Windows rows={windows} chosen={chosen} />}
      {bad.length > 0 && <BadValues rows={bad} />}
    </div>
  );
}

function Windows({ rows, chosen }: { readonly rows: readonly WindowRow[]; readonly chosen: string }) {
  return (
    <Table title="Drift by window; effects in standard deviations" heads={['Window', 'Severity', 'Effect', 'At least', 'Visible from', 'PSI', 'Rows', 'Needed']}>
      {rows.map((row) => (
        <tr key={row.window} aria-current={row.window === chosen ? 'true' : undefined}>
          <th scope="row">{row.window === chosen ? `${row.window} (chosen)` : row.window}</th>
          <td>
            {row.severity === null ? (
              absentWords({ ...row, window: 'itself' }).replace(' in the window itself', '')
            ) : (
              <LevelMark tone={toneOfSeverity(row.severity)} text={`${severityText(row.severity)} ${severityWord(row.severity)}`} />
            )}
          </td>
          <Numeric value={row.effect} />
          <Numeric value={row.lowerBound} />
          <Numeric value={row.smallest} />
          <Numeric value={row.psi} />
          <Numeric value={row.rows} write={rowsText} />
          <Numeric value={row.requiredRows} write={rowsText} />
        </tr>
      ))}
    </Table>
  );
}

function BadValues({ rows }: { readonly rows: readonly BadRow[] }) {
  return (
    <Table title="Values that should not be there" heads={['Kind', 'Now', 'In training', 'Rise ÷ limit', 'Alert']}>
      {rows.map(({ kind, now, training, rise }) => (
        <tr key={kind}>
          <th scope="row" title={KIND_WORDS[kind].meaning}>
            {KIND_WORDS[kind].title}
          </th>
          <Numeric value={now} write={shareText} />
          <Numeric value={training} write={shareText} />
          <td>
            {rise === null ? UNKNOWN : <LevelMark tone={toneOfSeverity(rise)} text={`${numberText(Math.max(0, rise))} ${severityWord(Math.max(0, rise))}`} />}
          </td>
          <td>
            <code>{KIND_WORDS[kind].alert}</code>
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Numeric({ value, write = numberText }: { readonly value: number | null; readonly write?: (value: number) => string }) {
  return <td className="number">{value === null ? UNKNOWN : write(value)}</td>;
}

interface TableProps {
  readonly title: string;
  readonly heads: readonly string[];
  readonly children: ReactNode;
}

function Table({ title, heads, children }: TableProps) {
  const styles = useStyles2(stylesOf);
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>{title}</figcaption>
      <table className={styles.table} aria-label={title}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </figure>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  beside: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), width: '100%' }),
  figure: css({
    // Side by side where both are whole, one below the other where not.
    flex: '1 1 auto',
    maxWidth: '100%',
    margin: 0,
    overflowX: 'auto',
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    backgroundColor: theme.colors.background.primary,
  }),
  caption: css({ padding: theme.spacing(1), fontWeight: theme.typography.fontWeightMedium }),
  table: css({
    width: '100%',
    borderCollapse: 'collapse',
    whiteSpace: 'nowrap',
    'th, td': { padding: theme.spacing(0.5, 0.75), textAlign: 'left', fontWeight: 'normal' },
    'thead th': { color: theme.colors.text.secondary, borderBottom: `1px solid ${theme.colors.border.medium}` },
    'tbody tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
    'tbody th': { fontWeight: theme.typography.fontWeightMedium },
    '.number': { fontVariantNumeric: 'tabular-nums' },
    "tr[aria-current='true']": { backgroundColor: theme.colors.action.selected },
  }),
});
