import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import React, { useMemo, useRef } from 'react';

import { type Comparison } from '../../data/comparison';
import { BinTargets } from './bin_targets';
import { BinTooltip } from './bin_tooltip';
import { type CompareOptions } from './compare_options';
import { ContributionStrip, STRIP_HEIGHT } from './contribution_strip';
import { HiddenTable } from './hidden_table';
import { Plot } from './plot';
import { drawPlot } from './plot/draw_plot';
import { type KnownSides } from './plot/sides';
import { useActiveBin } from './use_active_bin';

interface InteractivePlotProps {
  readonly comparison: Comparison;
  readonly sides: KnownSides;
  /** Pixels, the strip included. */
  readonly width: number;
  readonly height: number;
  readonly options: CompareOptions;
  /** Lines and labels of heights. */
  readonly hasGrid: boolean;
  /** The contributions, one cell a bin, under the plot. */
  readonly hasStrip: boolean;
  /** The hidden table is always there, not only while the plot has the focus. */
  readonly hasTable: boolean;
  readonly onChoose: (subject: string) => void;
}

/** A plot whose bins can be pointed at and walked over. */
export function InteractivePlot({ comparison, sides, width, height, options, hasGrid, hasStrip, hasTable, onChoose }: InteractivePlotProps) {
  const styles = useStyles2(getStyles);
  const plotHeight = hasStrip ? height - STRIP_HEIGHT : height;
  const plot = useMemo(
    () => drawPlot(comparison, sides, { width, height: plotHeight, hasGrid }, options),
    [comparison, sides, width, plotHeight, hasGrid, options]
  );
  const list = useRef<HTMLDivElement>(null);
  const { activeIndex, stopIndex, hasFocus, point, focus, dismiss } = useActiveBin(plot);
  const findAnchor = () => (activeIndex === null ? null : (list.current?.children[activeIndex] ?? null));

  const bin = activeIndex === null ? undefined : plot.bins[activeIndex];
  return (
    <div className={styles.plot} style={{ width, height }}>
      <Plot plot={plot} activeIndex={activeIndex} isMuted={isMuted(comparison)} />
      {hasStrip && <ContributionStrip plot={plot} activeIndex={activeIndex} isMuted={isMuted(comparison)} />}
      <BinTargets
        plot={plot}
        label={`Bins of ${comparison.title}`}
        list={list}
        stopIndex={stopIndex}
        isClickable={options.variable !== ''}
        onPoint={point}
        onFocus={focus}
        onDismiss={dismiss}
        onChoose={() => onChoose(comparison.subject)}
      />
      {bin && <BinTooltip comparison={comparison} bin={bin} findAnchor={findAnchor} />}
      {(hasTable || hasFocus) && <HiddenTable comparison={comparison} bins={plot.bins} />}
    </div>
  );
}

/** True where a difference says little: it does not alert, or too few rows came. */
function isMuted({ score }: Comparison): boolean {
  return score.isExcluded || score.absentReason !== null;
}

function getStyles() {
  return { plot: css({ position: 'relative' }) };
}
