import type { NavigationSlot } from '@lamphouse/sdk';
import { Section } from '@lamphouse/ui';
import { useQuery } from '@tanstack/react-query';
import { navigationQuery } from '../../lib/queries';
import { PluginView } from './plugin-view';

/** A card whose inside a plugin draws. Links inside lead below the plugin's first page. */
export function SlotCard({ slot }: { slot: NavigationSlot }) {
  const { data } = useQuery(navigationQuery);
  const first = data?.pages.filter((page) => page.plugin === slot.plugin).sort((a, b) => a.order - b.order)[0];
  return (
    <Section title={slot.title}>
      <PluginView
        plugin={slot.plugin}
        entry={slot.entry}
        styles={slot.styles}
        exported={slot.export}
        kind="slot"
        title={slot.title}
        mode={slot.mode}
        basePath={first?.path ?? `/p/${slot.plugin}`}
      />
    </Section>
  );
}
