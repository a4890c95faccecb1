import { useEffect, useReducer, useRef, useState } from 'react';

import { type DrawnPlot } from './plot/shapes';

/** The bin that a tooltip tells of, by its place among the bins of the plot, and what changes it. */
interface ActiveBin {
  readonly activeIndex: number | null;
  /** Where the tab key lands: the bin with the focus, or the one that explains most of the drift. */
  readonly stopIndex: number;
  readonly hasFocus: boolean;
  readonly point: (key: string | null) => void;
  readonly focus: (key: string | null) => void;
  readonly dismiss: () => void;
}

/** How long after a bin got the focus a scroll is taken for one that brings it into view, in milliseconds. */
const SCROLL_OF_FOCUS = 200;

/**
 * The bin that a tooltip tells of: the one under the pointer, else the one with the focus.
 *
 * Bins are remembered by their key: after a refresh another one may have the same place.
 */
export function useActiveBin(plot: DrawnPlot): ActiveBin {
  const [pointed, setPointed] = useState<string | null>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const [isDismissed, setIsDismissed] = useState(false);
  const [, follow] = useReducer((count: number) => count + 1, 0);
  const focusedAt = useRef(-Infinity);
  const indexOf = (key: string | null): number | null => {
    const index = key === null ? -1 : plot.bins.findIndex((bin) => bin.key === key);
    return index < 0 ? null : index;
  };
  const [pointedIndex, focusedIndex] = [indexOf(pointed), indexOf(focused)];
  const activeIndex = pointedIndex ?? (isDismissed ? null : focusedIndex);

  const isShown = activeIndex !== null;
  useEffect(() => {
    if (!isShown) {
      return undefined;
    }
    // What is pointed at moves away when something scrolls: a tooltip that stays would name the wrong bin.
    const scrolled = () => {
      setPointed(null);
      if (performance.now() - focusedAt.current < SCROLL_OF_FOCUS) {
        follow();
      } else {
        setIsDismissed(true);
      }
    };
    window.addEventListener('scroll', scrolled, true);
    return () => window.removeEventListener('scroll', scrolled, true);
  }, [isShown]);

  return {
    activeIndex,
    stopIndex: focusedIndex ?? firstIndex(plot),
    hasFocus: focusedIndex !== null,
    point: (key) => {
      setPointed(key);
      // A click leaves the focus: with the pointer the tooltip goes too, until a key walks on.
      setIsDismissed(key === null);
    },
    focus: (key) => {
      focusedAt.current = performance.now();
      setFocused(key);
      setIsDismissed(false);
    },
    dismiss: () => {
      setPointed(null);
      setIsDismissed(true);
    },
  };
}

/** The bin that explains most of the drift: there the tab key lands. */
function firstIndex(plot: DrawnPlot): number {
  const shares = plot.bins.map(({ contribution }) => contribution?.psiShare ?? 0);
  return Math.max(0, shares.indexOf(Math.max(...shares)));
}
