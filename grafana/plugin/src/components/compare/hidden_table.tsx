import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

import { type Comparison } from '../../data/comparison';
import { pointsText, shareText } from '../../data/distributions/numbers';
import { rangeWords } from '../../data/distributions/summary';
import { type DrawnBin } from './plot/shapes';

interface HiddenTableProps {
  readonly comparison: Comparison;
  readonly bins: readonly DrawnBin[];
}

/** The numbers of a plot for screen readers. */
export function HiddenTable({ comparison, bins }: HiddenTableProps) {
  const styles = useStyles2(getStyles);
  const hasExpected = comparison.expected !== null;
  return (
    <table className={styles.hidden}>
      <caption>{`Shares of rows of ${comparison.title}`}</caption>
      <thead>
        <tr>
          <th scope="col">Values</th>
          <th scope="col">Reference</th>
          {hasExpected && <th scope="col">Expected</th>}
          <th scope="col">Current</th>
          <th scope="col">Difference</th>
          <th scope="col">Part of the drift</th>
        </tr>
      </thead>
      <tbody>
        {bins.map(({ key, bin, referenceShare, expectedShare, currentShare, contribution }) => (
          <tr key={key}>
            <th scope="row">{rangeWords(bin)}</th>
            <td>{text(referenceShare)}</td>
            {hasExpected && <td>{text(expectedShare)}</td>}
            <td>{text(currentShare)}</td>
            <td>{contribution === null ? 'unknown' : pointsText(contribution.difference)}</td>
            <td>{text(contribution?.psiShare ?? null)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function text(share: number | null): string {
  return share === null ? 'unknown' : shareText(share);
}

function getStyles() {
  return {
    hidden: css({
      position: 'absolute',
      width: 1,
      height: 1,
      margin: -1,
      overflow: 'hidden',
      clipPath: 'inset(50%)',
      whiteSpace: 'nowrap',
    }),
  };
}
