import { useEvents, useToast } from '@lamphouse/sdk';
import { t } from '../messages';

/** Tells at once when a verification finds that files have rotted. */
export function useRotAlarm(): void {
  const toast = useToast();
  useEvents(['dcp.rot'], ({ data }) => {
    const { package_name: name, assets } = data;
    if (typeof name !== 'string' || !Array.isArray(assets)) return;
    toast({ title: name, message: t('verify.rotten', { count: assets.length }), tone: 'bad' });
  });
}
