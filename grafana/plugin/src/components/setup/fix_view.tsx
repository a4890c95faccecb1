import { css } from '@emotion/css';
import { locationUtil, type GrafanaTheme2 } from '@grafana/data';
import { ClipboardButton, LinkButton, useStyles2 } from '@grafana/ui';
import React from 'react';

import { type Fix, type FixBlock } from '../../data/setup/check';

import { Words } from './words';

/** What to do about a check, with the texts to copy. */
export function FixView({ fix }: { readonly fix: Fix }) {
  const styles = useStyles2(stylesOf);
  return (
    <div className={styles.fix}>
      <div>
        <Words text={fix.words} />
      </div>
      {fix.blocks.map((block) => (
        <Block key={block.text} block={block} />
      ))}
      {fix.links !== undefined && fix.links.length > 0 && (
        <div>
          {fix.links.map((link) => (
            <LinkButton key={link.href} href={locationUtil.assureBaseUrl(link.href)} size="sm" variant="secondary">
              {link.text}
            </LinkButton>
          ))}
        </div>
      )}
    </div>
  );
}

function Block({ block }: { readonly block: FixBlock }) {
  const styles = useStyles2(stylesOf);
  return (
    <figure className={styles.block}>
      <figcaption className={styles.place}>
        <span>{block.place}</span>
        <ClipboardButton size="sm" variant="secondary" fill="text" icon="copy" getText={() => block.text} aria-label={`Copy for ${block.place}`}>
          Copy
        </ClipboardButton>
      </figcaption>
      {/* Long lines scroll, and who has no mouse scrolls with the arrow keys. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={styles.text} tabIndex={0} aria-label={block.place}>
        {block.text.trimEnd()}
      </pre>
    </figure>
  );
}

const stylesOf = (theme: GrafanaTheme2) => ({
  fix: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), maxWidth: 860 }),
  block: css({ margin: 0, border: `1px solid ${theme.colors.border.weak}`, borderRadius: theme.shape.radius.default }),
  place: css({
    display: 'flex',
    justifyContent: 'space-between',
    alignItems: 'center',
    padding: theme.spacing(0.25, 0.5, 0.25, 1),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
  text: css({
    margin: 0,
    padding: theme.spacing(1),
    border: 0,
    borderRadius: 0,
    backgroundColor: theme.colors.background.canvas,
    color: theme.colors.text.primary,
    fontFamily: theme.typography.fontFamilyMonospace,
    fontSize: theme.typography.bodySmall.fontSize,
    whiteSpace: 'pre',
    overflowX: 'auto',
  }),
});
