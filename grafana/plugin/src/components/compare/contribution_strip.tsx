import { useTheme2 } from '@grafana/ui';
import React from 'react';

import { shareText } from '../../data/distributions/numbers';
import { paletteOf } from './palette';
import { textWidth, type DrawnPlot } from './plot/shapes';
import { FewerPattern, useSvgId } from './svg_patterns';

/** Height of the strip in pixels. */
export const STRIP_HEIGHT = 48;

interface ContributionStripProps {
  readonly plot: DrawnPlot;
  readonly activeIndex: number | null;
  readonly isMuted: boolean;
}

/** Under the plot: one cell a bin, filled by its part of the drift, coloured by its sign. */
export function ContributionStrip({ plot, activeIndex, isMuted }: ContributionStripProps) {
  const theme = useTheme2();
  const palette = paletteOf(theme, isMuted);
  const pattern = `strip${useSvgId()}`;
  const cells = plot.bins.flatMap((bin, index) => {
    const share = bin.contribution?.psiShare ?? null;
    return share === null || bin.contribution === null ? [] : [{ bin, index, share, isMore: bin.contribution.difference > 0 }];
  });
  if (cells.length === 0 || !plot.isUpright) {
    return null;
  }
  const greatest = Math.max(...cells.map(({ share }) => share));
  const ordered = [...cells.filter(({ bin }) => !bin.isAtom), ...cells.filter(({ bin }) => bin.isAtom)];
  return (
    <svg width={plot.width} height={STRIP_HEIGHT} aria-hidden="true" style={{ display: 'block' }}>
      <defs>
        <FewerPattern id={pattern} palette={palette} between={0.45} />
      </defs>
      <text x={plot.shapeArea.x} y="10" fontSize="11" fill={palette.quiet}>
        Part of the drift
      </text>
      {ordered.map(({ bin, index, share, isMore }) => {
        const [x, width] = bin.isAtom
          ? [bin.target.x, bin.target.width]
          : [bin.fill.common?.x ?? bin.target.x, bin.fill.common?.width ?? bin.target.width];
        const label = `${isMore ? '+' : '−'}${shareText(Number(share.toFixed(2)))}`;
        const height = Math.max(1, (share / greatest) * 17);
        const isLabelled = textWidth(label) + 4 <= width && share >= 0.03;
        return (
          <g key={bin.key} opacity={activeIndex === null || activeIndex === index ? 1 : 0.55}>
            <rect x={x} y={15} width={Math.max(1, width - 1)} height={17} fill={palette.track} />
            <rect x={x} y={32 - height} width={Math.max(1, width - 1)} height={height} fill={isMore ? palette.more : `url(#${pattern})`} />
            {isLabelled && (
              <text x={x + width / 2} y={45} fontSize="11" textAnchor="middle" fill={palette.quiet}>
                {label}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
