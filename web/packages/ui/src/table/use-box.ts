import { type RefObject, useLayoutEffect, useState } from 'react';

export interface Box {
  width: number;
  height: number;
  rowHeight: number;
}

const FALLBACK: Box = { width: 1024, height: 640, rowHeight: 32 };

/** The size of a scroll area and the height of a row in it, which the density decides. */
export function useBox(ref: RefObject<HTMLElement | null>): Box {
  const [box, setBox] = useState(FALLBACK);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => {
      const { width, height } = element.getBoundingClientRect();
      const row = Number.parseFloat(getComputedStyle(element).getPropertyValue('--lh-row')) || FALLBACK.rowHeight;
      if (width > 0 && height > 0) setBox({ width, height, rowHeight: row });
    };
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    const density = new MutationObserver(measure);
    density.observe(document.documentElement, { attributes: true, attributeFilter: ['data-density'] });
    return () => {
      sizes.disconnect();
      density.disconnect();
    };
  }, [ref]);
  return box;
}

interface Virtual {
  scrollElement: Element | null;
}

/** The virtual list's own look at its size; before there is a layout, a usual one, so that rows are drawn at once. */
export function observeSize({ scrollElement }: Virtual, tell: (rect: { width: number; height: number }) => void) {
  if (scrollElement === null) return;
  const measure = () =>
    tell({ width: scrollElement.clientWidth || FALLBACK.width, height: scrollElement.clientHeight || FALLBACK.height });
  measure();
  const sizes = new ResizeObserver(measure);
  sizes.observe(scrollElement);
  return () => sizes.disconnect();
}
