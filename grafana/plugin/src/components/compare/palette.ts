import { type GrafanaTheme2 } from '@grafana/data';

import { colours } from '../../levels.gen';

/** Colours of the plots in a theme. */
export interface Palette {
  /** Current rows, as far as the reference has them too. */
  readonly common: string;
  /** Current rows above what they are held against. */
  readonly more: string;
  /** Rows that the current ones lack. */
  readonly fewer: string;
  readonly reference: string;
  readonly expected: string;
  readonly baseline: string;
  readonly grid: string;
  readonly track: string;
  /** Text of ticks and notes. */
  readonly quiet: string;
  readonly text: string;
  readonly background: string;
}

/**
 * Return the colours of plots.
 *
 * The outline of the reference is drawn over the bars, so it is stronger than the grey of other charts: light on the
 * dark theme, dark on the light one.
 *
 * @param isMuted True for subjects that do not alert or have no score: their bars are grey.
 */
export function paletteOf(theme: GrafanaTheme2, isMuted = false): Palette {
  const { isDark, colors } = theme;
  const lively = isDark
    ? { common: '#2F6EA6', more: '#58B0F2', fewer: colours.fewer }
    : { common: '#A9CBE8', more: colours.more, fewer: '#C98A00' };
  const muted = isDark
    ? { common: '#4A4F57', more: '#8D949F', fewer: '#6E747D' }
    : { common: '#CFD3D9', more: '#8A9099', fewer: '#A3A8B0' };
  return {
    ...(isMuted ? muted : lively),
    reference: isDark ? '#E2E5EA' : '#3F444D',
    expected: isDark ? colours.expected : '#1B79B5',
    baseline: colors.border.medium,
    grid: colors.border.weak,
    track: isDark ? 'rgba(204, 204, 220, 0.07)' : 'rgba(36, 41, 46, 0.06)',
    quiet: colors.text.secondary,
    text: colors.text.primary,
    background: colors.background.primary,
  };
}
