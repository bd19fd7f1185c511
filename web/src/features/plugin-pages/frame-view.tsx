import { useEffect, useRef, useState } from 'react';
import { useDialogs } from '../../app/dialogs';
import { t } from '../../lib/messages';
import { connectFrame } from './frame-bridge';
import type { PluginViewProps } from './plugin-view';
import { useInlineHost } from './use-inline-host';

const FIRST_SLOT_HEIGHT = 120;

/** `/plugin-frame/<id>/<hash12>/<export>`; the digest is the third part of the entry's own address. */
export function frameSource(plugin: string, entry: string, exported: string): string {
  const digest = entry.split('/')[3] ?? '';
  return `/plugin-frame/${encodeURIComponent(plugin)}/${digest}/${encodeURIComponent(exported)}`;
}

function onKey(key: 'palette' | 'shortcuts' | 'region'): void {
  if (key === 'region') document.querySelector<HTMLElement>('header a[href], header button')?.focus();
  else useDialogs.setState({ open: key });
}

/** A plugin's page or slot in a sandboxed frame of an origin of its own, reached by one port. */
export function FrameView({ plugin, entry, exported, kind, title, basePath }: PluginViewProps) {
  const host = useInlineHost(plugin, basePath);
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(FIRST_SLOT_HEIGHT);
  useEffect(() => {
    let disconnect: (() => void) | null = null;
    const receive = ({ source, origin, data }: MessageEvent<unknown>) => {
      const target = frame.current?.contentWindow;
      if (!target || source !== target || origin !== 'null' || data !== 'lamphouse:ready') return;
      disconnect?.();
      const { port1, port2 } = new MessageChannel();
      target.postMessage('lamphouse:port', '*', [port2]);
      disconnect = connectFrame(port1, { host, entry, exported, kind, onHeight: setHeight, onKey });
    };
    window.addEventListener('message', receive);
    return () => {
      window.removeEventListener('message', receive);
      disconnect?.();
    };
  }, [host, entry, exported, kind]);
  const iframe = (
    <iframe
      ref={frame}
      title={t('pluginPages.byPlugin', { title, plugin })}
      src={frameSource(plugin, entry, exported)}
      sandbox="allow-scripts allow-forms allow-downloads"
      loading={kind === 'slot' ? 'lazy' : 'eager'}
      className="block min-h-0 w-full flex-1 border-0"
      style={kind === 'slot' ? { height } : undefined}
    />
  );
  if (kind === 'slot') return iframe;
  return (
    <div className="flex h-full flex-col">
      <h1 className="sr-only">{title}</h1>
      <p className="shrink-0 border-b border-line bg-sunken px-4 py-1 text-small text-muted">
        {t('pluginPages.drawnByPlugin')}{' '}
        <a href={`/plugins/${plugin}`} className="underline">
          {plugin}
        </a>
        {t('pluginPages.apartFromLamphouse')}
      </p>
      {iframe}
    </div>
  );
}
