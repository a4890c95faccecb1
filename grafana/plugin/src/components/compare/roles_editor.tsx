import { css } from '@emotion/css';
import { type GrafanaTheme2, type StandardEditorProps } from '@grafana/data';
import { Combobox, useStyles2 } from '@grafana/ui';
import React from 'react';

import { ROLES } from '../../data/distributions/frames';

/** Editor of the option `roles`: for each query whose refId is no role, what it gives. */
export function RolesEditor({ value, onChange, context }: StandardEditorProps<Record<string, string> | undefined>) {
  const styles = useStyles2(getStyles);
  const roles = value ?? {};
  const refIds = [...new Set(context.data.map((frame) => frame.refId ?? ''))].filter((refId) => refId !== '' && !ROLES.some((role) => role === refId));
  if (refIds.length === 0) {
    return <p className={styles.hint}>Each query is named after its role: {ROLES.join(', ')}.</p>;
  }
  return (
    <div className={styles.list}>
      {refIds.map((refId) => (
        <div key={refId} className={styles.row}>
          <label className={styles.name} htmlFor={`role-of-${refId}`}>
            {refId}
          </label>
          <Combobox
            id={`role-of-${refId}`}
            isClearable
            placeholder="By its labels"
            options={ROLES.map((role) => ({ value: role, label: role }))}
            value={Object.hasOwn(roles, refId) ? (roles[refId] ?? null) : null}
            onChange={(choice: { value: string } | null) => {
              const others = Object.fromEntries(Object.entries(roles).filter(([name]) => name !== refId));
              onChange(choice === null ? others : { ...others, [refId]: choice.value });
            }}
          />
        </div>
      ))}
    </div>
  );
}

function getStyles(theme: GrafanaTheme2) {
  return {
    list: css({ display: 'grid', gap: theme.spacing(1) }),
    row: css({ display: 'grid', gridTemplateColumns: '1fr 2fr', gap: theme.spacing(1), alignItems: 'center' }),
    name: css({ fontFamily: theme.typography.fontFamilyMonospace, overflow: 'hidden', textOverflow: 'ellipsis' }),
    hint: css({ color: theme.colors.text.secondary, margin: 0 }),
  };
}
