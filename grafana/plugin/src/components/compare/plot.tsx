import { useTheme2 } from '@grafana/ui';
import React, { memo } from 'react';

import { paletteOf, type Palette } from './palette';
import { type DrawnBin, type DrawnPlot, type Rectangle } from './plot/shapes';
import { FewerPattern, useSvgId } from './svg_patterns';

interface PlotProps {
  readonly plot: DrawnPlot;
  /** Place of the bin that is pointed at, or null. */
  readonly activeIndex: number | null;
  /** Grey bars: the subject does not alert, or has no score. */
  readonly isMuted: boolean;
}

/** The drawing of one comparison. It says nothing to screen readers: the bins beside it do. */
export const Plot = memo(function Plot({ plot, activeIndex, isMuted }: PlotProps) {
  const theme = useTheme2();
  const palette = paletteOf(theme, isMuted);
  const id = useSvgId();
  const names = { fewer: `fewer${id}`, dots: `dots${id}`, mask: `mask${id}`, left: `left${id}`, right: `right${id}` };
  const hasFade = plot.fadeLeft !== null || plot.fadeRight !== null;
  const active = activeIndex === null ? undefined : plot.bins[activeIndex];
  const [under, over] = [plot.bins.filter((bin) => !bin.isAtom), plot.bins.filter((bin) => bin.isAtom)];
  return (
    <svg width={plot.width} height={plot.height} aria-hidden="true" style={{ display: 'block' }}>
      <defs>
        <FewerPattern id={names.fewer} palette={palette} />
        <pattern id={names.dots} width="5" height="5" patternUnits="userSpaceOnUse">
          <circle cx="1.6" cy="1.6" r="1.15" fill={palette.background} />
        </pattern>
        {hasFade && <FadeMask plot={plot} mask={names.mask} left={names.left} right={names.right} />}
      </defs>
      {plot.gridLines.map(({ y, text }) => (
        <g key={y}>
          <line x1={plot.shapeArea.x} x2={plot.shapeArea.x + plot.shapeArea.width} y1={y} y2={y} stroke={palette.grid} />
          <text x={plot.shapeArea.x - 6} y={y + 4} textAnchor="end" fontSize="11" fill={palette.quiet}>
            {text}
          </text>
        </g>
      ))}
      {plot.tracks.map((track) => (
        <rect key={track.x} {...track} fill={palette.track} />
      ))}
      {active && <rect {...active.target} fill={palette.text} fillOpacity="0.09" />}
      <g mask={hasFade ? `url(#${names.mask})` : undefined}>
        {under.map((bin) => (
          <Bar key={bin.key} bin={bin} palette={palette} fewer={names.fewer} dots={names.dots} />
        ))}
        {plot.expectedPath && (
          <path d={plot.expectedPath} fill="none" stroke={palette.expected} strokeWidth="1.5" strokeDasharray="4 3" />
        )}
        {plot.referencePath && (
          <path d={plot.referencePath} fill="none" stroke={palette.reference} strokeWidth="1.5" strokeLinejoin="miter" />
        )}
        {over.map((bin) => (
          <Bar key={bin.key} bin={bin} palette={palette} fewer={names.fewer} dots={names.dots} />
        ))}
        {plot.bins.map((bin) => (
          <Outlines key={bin.key} bin={bin} palette={palette} />
        ))}
      </g>
      {plot.baselines.map(([x1, y1, x2, y2]) => (
        <line key={`${x1} ${y1}`} x1={x1} y1={y1} x2={x2} y2={y2} stroke={palette.baseline} />
      ))}
      {plot.tickMarks.map((x) => {
        const bottom = plot.shapeArea.y + plot.shapeArea.height;
        return <line key={x} x1={x} x2={x} y1={bottom} y2={bottom + 4} stroke={palette.baseline} />;
      })}
      {plot.labels.map(({ key, x, y, text, anchor, isStrong }) => (
        <text
          key={key}
          x={x}
          y={y}
          textAnchor={anchor}
          fontSize="11"
          fontWeight={isStrong ? 500 : 400}
          fill={isStrong ? palette.text : palette.quiet}
          stroke={palette.background}
          strokeWidth="3"
          strokeOpacity="0.85"
          paintOrder="stroke"
        >
          {text}
        </text>
      ))}
    </svg>
  );
});

interface BarProps {
  readonly bin: DrawnBin;
  readonly palette: Palette;
  readonly fewer: string;
  readonly dots: string;
}

function Bar({ bin, palette, fewer, dots }: BarProps) {
  const { common, more, fewer: lacking } = bin.fill;
  return (
    <g>
      {lacking && <rect {...lacking} fill={`url(#${fewer})`} />}
      {common && <rect {...common} fill={palette.common} />}
      {more && <rect {...more} fill={palette.more} />}
      {bin.isPatterned && common && <rect {...common} fill={`url(#${dots})`} />}
      {bin.isPatterned && more && <rect {...more} fill={`url(#${dots})`} />}
    </g>
  );
}

function Outlines({ bin, palette }: { readonly bin: DrawnBin; readonly palette: Palette }) {
  return (
    <>
      {bin.expectedBox && <Box box={bin.expectedBox} stroke={palette.expected} dash="4 3" />}
      {bin.referenceBox && <Box box={bin.referenceBox} stroke={palette.reference} dash={bin.isPatterned ? '2 2' : undefined} />}
    </>
  );
}

function Box({ box, stroke, dash }: { readonly box: Rectangle; readonly stroke: string; readonly dash?: string | undefined }) {
  // The outline of a narrow bar must not hide the bar.
  return <rect {...box} fill="none" stroke={stroke} strokeWidth={box.width < 7 ? 1 : 1.5} strokeDasharray={dash} />;
}

interface FadeMaskProps {
  readonly plot: DrawnPlot;
  readonly mask: string;
  readonly left: string;
  readonly right: string;
}

/** The first and the last bin have no end: their outer edge fades out. */
function FadeMask({ plot, mask, left, right }: FadeMaskProps) {
  const { fadeLeft, fadeRight } = plot;
  return (
    <>
      <linearGradient id={left}>
        <stop offset="0" stopColor="black" />
        <stop offset="0.55" stopColor="white" />
      </linearGradient>
      <linearGradient id={right}>
        <stop offset="0.45" stopColor="white" />
        <stop offset="1" stopColor="black" />
      </linearGradient>
      <mask id={mask} maskUnits="userSpaceOnUse" x="0" y="0" width={plot.width} height={plot.height}>
        <rect width={plot.width} height={plot.height} fill="white" />
        {fadeLeft && <rect {...fadeLeft} fill="black" />}
        {fadeLeft && <rect {...fadeLeft} fill={`url(#${left})`} />}
        {fadeRight && <rect {...fadeRight} fill="black" />}
        {fadeRight && <rect {...fadeRight} fill={`url(#${right})`} />}
      </mask>
    </>
  );
}
