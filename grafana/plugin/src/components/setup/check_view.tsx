import { css, cx } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React, { useId } from 'react';

import { STATE_WORDS, type Check, type CheckState } from '../../data/setup/check';

import { FixView } from './fix_view';
import { Words } from './words';

/** Sign and word of a state. */
function StateMark({ state }: { readonly state: CheckState }) {
  const styles = useStyles2(stylesOf);
  const { sign, word } = STATE_WORDS[state];
  return (
    <span className={cx(styles.mark, styles[state])}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}

/** A check that somebody has to act on: all of it is open. */
export function CheckCard({ check }: { readonly check: Check }) {
  const styles = useStyles2(stylesOf);
  const id = useId();
  return (
    <section className={cx(styles.card, check.state === 'missing' ? styles.missingEdge : styles.attentionEdge)} aria-labelledby={id}>
      <div className={styles.head}>
        <StateMark state={check.state} />
        <h3 className={styles.title} id={id}>
          {check.title}
        </h3>
        <span className={styles.topic}>{check.topic}</span>
      </div>
      <CheckBody check={check} />
    </section>
  );
}

/** A check that can wait: one line, which opens. */
export function CheckLine({ check }: { readonly check: Check }) {
  const styles = useStyles2(stylesOf);
  const head = (
    <>
      <StateMark state={check.state} />
      <span className={styles.lineTitle}>{check.title}</span>
      <span className={styles.meaning}>
        <Words text={check.meaning} />
      </span>
    </>
  );
  if (check.evidence.length === 0 && check.fix === null) {
    return <div className={cx(styles.line, styles.plainLine)}>{head}</div>;
  }
  return (
    <details className={styles.details}>
      <summary className={styles.line}>{head}</summary>
      <div className={styles.inside}>
        <Evidence lines={check.evidence} />
        {check.fix !== null && <FixView fix={check.fix} />}
      </div>
    </details>
  );
}

/** Several checks that say the same: one line, which opens to their names. */
export function GroupLine({ checks }: { readonly checks: readonly [Check, ...Check[]] }) {
  const styles = useStyles2(stylesOf);
  const [first] = checks;
  return (
    <details className={styles.details}>
      <summary className={styles.line}>
        <StateMark state={first.state} />
        <span className={styles.lineTitle}>{checks.length} checks</span>
        <span className={styles.meaning}>
          <Words text={first.meaning} />
        </span>
      </summary>
      <div className={styles.inside}>
        <Evidence lines={checks.map(({ title }) => title)} />
      </div>
    </details>
  );
}

function CheckBody({ check }: { readonly check: Check }) {
  const styles = useStyles2(stylesOf);
  return (
    <div className={styles.body}>
      <div>
        <Words text={check.meaning} />
      </div>
      <Evidence lines={check.evidence} />
      {check.fix !== null && <FixView fix={check.fix} />}
    </div>
  );
}

function Evidence({ lines }: { readonly lines: readonly string[] }) {
  const styles = useStyles2(stylesOf);
  return lines.length === 0 ? null : (
    <ul className={styles.evidence}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

const stylesOf = (theme: GrafanaTheme2) => {
  const edge = (colour: string) => css({ borderLeft: `4px solid ${colour}` });
  const small = theme.typography.bodySmall.fontSize;
  return {
    card: css({
      padding: theme.spacing(1.5, 2),
      border: `1px solid ${theme.colors.border.weak}`,
      borderRadius: theme.shape.radius.default,
      backgroundColor: theme.colors.background.primary,
    }),
    missingEdge: edge(theme.colors.error.main),
    attentionEdge: edge(theme.colors.warning.main),
    head: css({ display: 'flex', alignItems: 'baseline', gap: theme.spacing(1.5), flexWrap: 'wrap' }),
    title: css({ margin: 0, fontSize: theme.typography.h5.fontSize }),
    topic: css({ marginLeft: 'auto', color: theme.colors.text.secondary, fontSize: small }),
    body: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), marginTop: theme.spacing(1) }),
    mark: css({ display: 'inline-block', minWidth: 92, fontWeight: theme.typography.fontWeightMedium, whiteSpace: 'nowrap' }),
    missing: css({ color: theme.colors.error.text }),
    attention: css({ color: theme.colors.warning.text }),
    unknown: css({ color: theme.colors.text.secondary }),
    unused: css({ color: theme.colors.text.secondary }),
    ok: css({ color: theme.colors.primary.text }),
    details: css({ borderBottom: `1px solid ${theme.colors.border.weak}`, '&:last-child': { borderBottom: 0 } }),
    line: css({
      display: 'flex',
      alignItems: 'baseline',
      gap: theme.spacing(1.5),
      padding: theme.spacing(0.75, 1),
      cursor: 'pointer',
      listStyle: 'none',
      '&::-webkit-details-marker': { display: 'none' },
      '&::after': { content: '"▸"', marginLeft: 'auto', color: theme.colors.text.secondary },
      'details[open] > &::after': { content: '"▾"' },
      '&:hover': { backgroundColor: theme.colors.action.hover },
    }),
    plainLine: css({
      cursor: 'default',
      borderBottom: `1px solid ${theme.colors.border.weak}`,
      '&:last-child': { borderBottom: 0 },
      '&&::after': { content: 'none' },
      '&&:hover': { backgroundColor: 'transparent' },
    }),
    lineTitle: css({ flex: '0 0 220px', fontWeight: theme.typography.fontWeightMedium }),
    meaning: css({ color: theme.colors.text.secondary }),
    inside: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), padding: theme.spacing(0.5, 1, 1.5, 14.5) }),
    evidence: css({ margin: 0, paddingLeft: theme.spacing(2.5), color: theme.colors.text.secondary, fontSize: small, overflowWrap: 'anywhere' }),
  };
};
