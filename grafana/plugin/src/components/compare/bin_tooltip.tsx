import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Portal, useStyles2, useTheme2 } from '@grafana/ui';
import React, { useLayoutEffect, useRef } from 'react';

import { type Comparison, type Side } from '../../data/comparison';
import { hasShape } from '../../data/distributions/bins';
import { comparedSide } from '../../data/distributions/comparisons';
import { pointsText, rowsText, shareText } from '../../data/distributions/numbers';
import { capital, rangeWords } from '../../data/distributions/summary';
import { paletteOf } from './palette';
import { type DrawnBin } from './plot/shapes';

interface BinTooltipProps {
  readonly comparison: Comparison;
  readonly bin: DrawnBin;
  /** Returns the element of the bin, beside which the tooltip stands; null where it is gone. */
  readonly findAnchor: () => Element | null;
}

const MARGIN = 8;

/** What one bin holds on both sides, beside the bin. */
export function BinTooltip({ comparison, bin, findAnchor }: BinTooltipProps) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const palette = paletteOf(theme);
  const box = useRef<HTMLDivElement>(null);
  // After each render: what it stands beside may have moved, as after a refresh or in a panel of another size.
  useLayoutEffect(() => {
    const { current } = box;
    const anchor = findAnchor();
    if (current !== null && anchor !== null) {
      const { left, top } = placeBeside(anchor.getBoundingClientRect(), current.offsetWidth, current.offsetHeight);
      current.style.left = `${left}px`;
      current.style.top = `${top}px`;
    }
  });

  const { contribution, referenceShare, expectedShare, currentShare } = bin;
  const rows = rowsOfBin(comparison, bin.bin.id);
  return (
    <Portal>
      <div ref={box} role="tooltip" className={styles.box}>
        <div className={styles.title}>{rangeWords(bin.bin)}</div>
        <table className={styles.table}>
          <tbody>
            {currentShare !== null && (
              <Line colour={palette.more} mark="bar" name={nameOf(comparison.current, 'current')} value={shareText(currentShare)} note={rows === null ? '' : `${rowsText(rows)} rows`} />
            )}
            {referenceShare !== null && (
              <Line colour={palette.reference} mark="line" name={nameOf(comparison.reference, 'reference')} value={shareText(referenceShare)} note="reference" />
            )}
            {expectedShare !== null && (
              <Line colour={palette.expected} mark="dash" name={nameOf(comparison.expected, 'expected')} value={shareText(expectedShare)} note="by seasons and segments" />
            )}
            {contribution !== null && (
              <Line name={comparedSide(comparison) === comparison.expected ? 'Against expected' : 'Difference'} value={pointsText(contribution.difference)} note={ratioText(contribution.currentShare, contribution.referenceShare)} />
            )}
            {contribution !== null && contribution.psiShare !== null && (
              <Line name="Part of the drift" value={shareText(contribution.psiShare)} note="of the PSI" />
            )}
          </tbody>
        </table>
        {!hasShape(bin.bin) && <div className={styles.note}>Shares of all rows.</div>}
        {bin.bin.kind === 'unseen' && <div className={styles.note}>Values that training never had.</div>}
        {bin.bin.kind === 'other' && <div className={styles.note}>Rarer values that training had.</div>}
      </div>
    </Portal>
  );
}

interface LineProps {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
  readonly colour?: string;
  readonly mark?: 'bar' | 'line' | 'dash';
}

function Line({ name, value, note = '', colour, mark }: LineProps) {
  const styles = useStyles2(getStyles);
  return (
    <tr>
      <th scope="row">
        <svg width="14" height="10" className={styles.mark} aria-hidden="true">
          {mark === 'bar' && <rect x="1" y="1" width="11" height="8" fill={colour} />}
          {(mark === 'line' || mark === 'dash') && (
            <line x1="0" x2="13" y1="5" y2="5" stroke={colour} strokeWidth="2" strokeDasharray={mark === 'dash' ? '4 3' : undefined} />
          )}
        </svg>
        {name}
      </th>
      <td className={styles.value}>{value}</td>
      <td className={styles.note}>{note}</td>
    </tr>
  );
}

function nameOf(side: Side | null, otherwise: string): string {
  return capital(side?.name || otherwise);
}

/** `4.1 times`, where that says more than points do. */
function ratioText(current: number, reference: number): string {
  if (!(reference > 0) || !(current > 0)) {
    return '';
  }
  const ratio = current / reference;
  if (ratio >= 1.5) {
    return `${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)} times as many`;
  }
  return ratio <= 0.55 ? `${partName(Math.round(1 / ratio))} as many` : '';
}

const PARTS = ['half', 'a third', 'a quarter', 'a fifth', 'a sixth', 'a seventh', 'an eighth', 'a ninth', 'a tenth'];

function partName(part: number): string {
  return PARTS[part - 2] ?? 'less than a tenth';
}

function rowsOfBin({ current }: Comparison, id: string): number | null {
  const index = current?.bins.findIndex((bin) => bin.id === id) ?? -1;
  return current?.counts[index] ?? null;
}

function placeBeside(anchor: DOMRect, width: number, height: number): { left: number; top: number } {
  const right = anchor.right + MARGIN;
  const fitsRight = right + width + MARGIN <= window.innerWidth;
  const left = fitsRight ? right : Math.max(MARGIN, anchor.left - MARGIN - width);
  const top = Math.min(Math.max(MARGIN, anchor.top), Math.max(MARGIN, window.innerHeight - height - MARGIN));
  return { left, top };
}

function getStyles(theme: GrafanaTheme2) {
  return {
    box: css({
      position: 'fixed',
      pointerEvents: 'none',
      width: 'max-content',
      maxWidth: 'calc(100vw - 16px)',
      padding: theme.spacing(1),
      borderRadius: theme.shape.radius.default,
      border: `1px solid ${theme.colors.border.medium}`,
      background: theme.colors.background.elevated,
      boxShadow: theme.shadows.z3,
      fontSize: theme.typography.bodySmall.fontSize,
      color: theme.colors.text.primary,
    }),
    title: css({ fontWeight: theme.typography.fontWeightMedium, marginBottom: 4 }),
    table: css({
      borderCollapse: 'collapse',
      th: { fontWeight: 400, paddingRight: 12, whiteSpace: 'nowrap', textAlign: 'left' },
      td: { paddingLeft: 10, whiteSpace: 'nowrap', textAlign: 'left' },
    }),
    mark: css({ marginRight: 6, verticalAlign: 'middle' }),
    value: css({ fontVariantNumeric: 'tabular-nums', fontWeight: theme.typography.fontWeightMedium }),
    note: css({ color: theme.colors.text.secondary }),
  };
}
