import { css } from '@emotion/css';
import { type GrafanaTheme2 } from '@grafana/data';
import { Input, RadioButtonGroup, useStyles2 } from '@grafana/ui';
import React from 'react';

import { type Comparison, type Side } from '../../data/comparison';
import { type Order } from '../../data/distributions/order';
import { capital } from '../../data/distributions/summary';
import { ORDERS } from './compare_options';
import { Legend } from './legend';

interface PanelHeadProps {
  /** All subjects, before a search. */
  readonly comparisons: readonly Comparison[];
  readonly shownCount: number;
  readonly width: number;
  readonly hasControls: boolean;
  readonly search: string;
  readonly order: Order;
  readonly onSearch: (text: string) => void;
  readonly onOrder: (order: Order) => void;
}

/** Above the plots: what the marks mean, how many have drifted, search and order. */
export function PanelHead(props: PanelHeadProps) {
  const { comparisons, shownCount, width, hasControls, search, order, onSearch, onOrder } = props;
  const styles = useStyles2(getStyles);
  const names = namesOf(comparisons);
  return (
    <div className={styles.head}>
      <Legend {...names} isShort={width < 420 || comparisons.every(({ state }) => state !== 'comparable')} />
      {comparisons.length > 1 && (
        <p className={styles.summary} aria-live="polite">
          {summaryOf(comparisons, shownCount)}
        </p>
      )}
      {hasControls && (
        <div className={styles.controls}>
          <div className={styles.search}>
            <Input
              type="search"
              aria-label="Search by name"
              placeholder={`Search ${comparisons.length} names`}
              value={search}
              onChange={(event) => onSearch(event.currentTarget.value)}
            />
          </div>
          {width >= 400 && <RadioButtonGroup aria-label="Order" size="sm" options={[...ORDERS]} value={order} onChange={onOrder} />}
        </div>
      )}
    </div>
  );
}

/** `3 of 12 above the alert threshold`, where anything has a score, and how many of them a search left. */
function summaryOf(comparisons: readonly Comparison[], shownCount: number): string {
  const alerting = comparisons.filter(({ score }) => !score.isExcluded && (score.severity ?? 0) > 1).length;
  const unknown = comparisons.filter(({ score }) => score.severity === null).length;
  if (unknown === comparisons.length) {
    // Two versions beside each other have none, and need none: only a reason is worth a word.
    const waiting = comparisons.filter(({ score }) => score.absentReason !== null).length;
    return [...(waiting > 0 ? [`${waiting} without a drift score`] : []), ...shownPart(comparisons, shownCount)].join(' · ');
  }
  const parts = [`${alerting} of ${comparisons.length} above the alert threshold`];
  if (unknown > 0) {
    parts.push(`${unknown} without a score`);
  }
  return [...parts, ...shownPart(comparisons, shownCount)].join(' · ');
}

function shownPart(comparisons: readonly Comparison[], shownCount: number): string[] {
  return shownCount < comparisons.length ? [`${shownCount} shown`] : [];
}

/** Names of the sides where all subjects agree on them. */
function namesOf(comparisons: readonly Comparison[]): { referenceName: string; currentName: string; hasExpected: boolean } {
  return {
    referenceName: agreedName(comparisons.map(({ reference }) => reference), 'reference'),
    currentName: agreedName(comparisons.map(({ current }) => current), 'current'),
    hasExpected: comparisons.some(({ expected }) => expected !== null),
  };
}

function agreedName(sides: ReadonlyArray<Side | null>, otherwise: string): string {
  const names = new Set(sides.flatMap((side) => (side ? [side.name] : [])));
  const [name] = names;
  return capital(names.size === 1 && name ? name : otherwise);
}

function getStyles(theme: GrafanaTheme2) {
  return {
    head: css({ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '4px 16px', paddingBottom: 6 }),
    summary: css({
      margin: '0 auto 0 0',
      color: theme.colors.text.primary,
      fontSize: theme.typography.bodySmall.fontSize,
      fontWeight: theme.typography.fontWeightMedium,
    }),
    controls: css({ display: 'flex', alignItems: 'center', gap: 8, marginLeft: 'auto' }),
    search: css({ width: 170 }),
  };
}
