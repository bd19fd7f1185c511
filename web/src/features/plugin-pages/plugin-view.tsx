import type { PluginMode } from '@lamphouse/sdk';
import { Skeleton } from '@lamphouse/ui';
import { lazy, Suspense } from 'react';
import { InlineView } from './inline-view';

/** The bridge and its checks load only with the first framed page. */
const FrameView = lazy(async () => ({ default: (await import('./frame-view')).FrameView }));

export interface PluginViewProps {
  plugin: string;
  entry: string;
  styles: string[];
  /** The manifest's `export`. */
  exported: string;
  kind: 'page' | 'slot';
  title: string;
  basePath: string;
}

/** A part of a plugin's UI, run the way the host decided. */
export function PluginView({ mode, ...props }: PluginViewProps & { mode: PluginMode }) {
  if (mode === 'inline') return <InlineView {...props} />;
  return (
    <Suspense fallback={<Skeleton rows={6} />}>
      <FrameView {...props} />
    </Suspense>
  );
}
