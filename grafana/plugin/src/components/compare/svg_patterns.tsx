import React, { useId } from 'react';

import { type Palette } from './palette';

/** Return an id for parts of one SVG that another SVG of the page does not have. */
export function useSvgId(): string {
  // React's ids have signs that `url(#…)` does not take.
  return useId().replace(/[^a-zA-Z0-9]/g, '');
}

interface FewerPatternProps {
  readonly id: string;
  readonly palette: Palette;
  /** 0 to 1: how strong the colour is between the stripes. */
  readonly between?: number;
}

/** Stripes: rows that the current ones lack, told from those that they have more also without colours. */
export function FewerPattern({ id, palette, between = 0.28 }: FewerPatternProps) {
  return (
    <pattern id={id} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect width="5" height="5" fill={palette.fewer} fillOpacity={between} />
      <rect width="1.6" height="5" fill={palette.fewer} />
    </pattern>
  );
}
