import { css } from '@emotion/css';
import { useStyles2 } from '@grafana/ui';
import React, { useCallback, useEffect, useMemo, useState } from 'react';

import { type Comparison } from '../../data/comparison';
import { BinTargets } from './bin_targets';
import { BinTooltip } from './bin_tooltip';
import { type CompareOptions } from './compare_options';
import { ContributionStrip, STRIP_HEIGHT } from './contribution_strip';
import { HiddenTable } from './hidden_table';
import { Plot } from './plot';
import { drawPlot } from './plot/draw_plot';
import { type DrawnPlot } from './plot/shapes';
import { type KnownSides } from './plot/sides';

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

interface ActiveBin {
  readonly index: number;
  readonly anchor: DOMRect;
}

/** A plot whose bins can be pointed at and walked over. */
export function InteractivePlot({ comparison, sides, width, height, options, hasGrid, hasStrip, hasTable, onChoose }: InteractivePlotProps) {
  const styles = useStyles2(getStyles);
  const [active, setActive] = useState<ActiveBin | null>(null);
  const [hasFocus, setHasFocus] = useState(false);
  const plotHeight = hasStrip ? height - STRIP_HEIGHT : height;
  const plot = useMemo(
    () => drawPlot(comparison, sides, { width, height: plotHeight, hasGrid }, options),
    [comparison, sides, width, plotHeight, hasGrid, options]
  );
  const point = useCallback((index: number | null, element: HTMLElement | null) => {
    setActive(index === null || element === null ? null : { index, anchor: element.getBoundingClientRect() });
  }, []);
  const isPointed = active !== null;
  useEffect(() => {
    if (!isPointed) {
      return undefined;
    }
    // What is pointed at moves away when something scrolls: a tooltip that stays would name the wrong bin.
    const forget = () => setActive(null);
    window.addEventListener('scroll', forget, true);
    return () => window.removeEventListener('scroll', forget, true);
  }, [isPointed]);

  const activeIndex = active !== null && active.index < plot.bins.length ? active.index : null;
  const bin = activeIndex === null ? undefined : plot.bins[activeIndex];
  return (
    <div className={styles.plot} style={{ width, height }}>
      <Plot plot={plot} activeIndex={activeIndex} isMuted={isMuted(comparison)} />
      {hasStrip && <ContributionStrip plot={plot} activeIndex={activeIndex} isMuted={isMuted(comparison)} />}
      <BinTargets
        plot={plot}
        label={`Bins of ${comparison.title}`}
        activeIndex={activeIndex}
        firstIndex={firstIndex(plot)}
        isClickable={options.variable !== ''}
        onActive={point}
        onFocus={setHasFocus}
        onChoose={() => onChoose(comparison.subject)}
      />
      {bin && active && <BinTooltip comparison={comparison} bin={bin} anchor={active.anchor} />}
      {(hasTable || hasFocus) && <HiddenTable comparison={comparison} bins={plot.bins} />}
    </div>
  );
}

/** True where a difference says little: it does not alert, or too few rows came. */
function isMuted({ score }: Comparison): boolean {
  return score.isExcluded || score.absentReason !== null;
}

/** The bin that explains most of the drift: there the tab key lands. */
function firstIndex(plot: DrawnPlot): number {
  const shares = plot.bins.map(({ contribution }) => contribution?.psiShare ?? 0);
  return Math.max(0, shares.indexOf(Math.max(...shares)));
}

function getStyles() {
  return { plot: css({ position: 'relative' }) };
}
