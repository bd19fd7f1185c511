import type { ReactNode } from 'react';
import { classNames } from './class-names';

const COLUMNS = { 1: '', 2: 'lg:grid-cols-2', 3: 'md:grid-cols-2 xl:grid-cols-3', 4: 'grid-cols-2 xl:grid-cols-4' };
const GAPS = { 1: 'gap-1', 2: 'gap-2', 3: 'gap-3', 4: 'gap-4', 5: 'gap-5', 6: 'gap-6' };

export function Grid({ columns = 2, children }: { columns?: keyof typeof COLUMNS; children: ReactNode }) {
  return <div className={classNames('grid min-w-0 gap-4', COLUMNS[columns])}>{children}</div>;
}

export interface StackProps {
  gap?: keyof typeof GAPS;
  direction?: 'column' | 'row';
  children: ReactNode;
}

export function Stack({ gap = 3, direction = 'column', children }: StackProps) {
  const way = direction === 'row' ? 'flex-row flex-wrap items-center' : 'flex-col';
  return <div className={classNames('flex min-w-0', way, GAPS[gap])}>{children}</div>;
}
