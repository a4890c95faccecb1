import { useEffect, useRef, useState, type RefObject } from 'react';

/** Return a reference for an element, and its height in pixels; `first` stands until it has been measured. */
export function useHeight(first: number): [RefObject<HTMLDivElement>, number] {
  const element = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(first);
  useEffect(() => {
    const { current } = element;
    if (current === null) {
      return undefined;
    }
    const observer = new ResizeObserver(() => setHeight(current.offsetHeight));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return [element, height];
}
