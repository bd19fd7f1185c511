import type { Plugin } from '@lamphouse/sdk';
import { EmptyState, JsonView, SchemaForm } from '@lamphouse/ui';
import { useQueryClient } from '@tanstack/react-query';
import { Settings } from 'lucide-react';
import { api } from '../../lib/api';
import { t } from '../../lib/messages';
import { useSession } from '../../lib/session';
import { toast } from '../../lib/toasts';
import { TabBody } from './tab-body';

export function ConfigTab({ plugin }: { plugin: Plugin }) {
  const client = useQueryClient();
  const { can } = useSession();
  const { schema, values } = plugin.config;
  const save = async (changed: Record<string, unknown>) => {
    await api.patch('/plugins/{id}/config', { path: { id: plugin.id }, body: changed });
    await client.invalidateQueries({ queryKey: ['plugins'] });
    toast({ title: t('plugins.savedTheConfigurationOf', { name: plugin.name }) });
  };
  return (
    <TabBody label={t('plugins.configuration')}>
      {schema === null ? (
        <EmptyState
          icon={Settings}
          title={t('plugins.nothingToConfigure')}
          message={t('plugins.thisPluginHasNoSettings')}
        />
      ) : can('plugins:manage') ? (
        <SchemaForm schema={schema} values={values} submitLabel={t('plugins.saveConfiguration')} onSubmit={save} />
      ) : (
        <JsonView value={values} label={t('plugins.configuration')} />
      )}
    </TabBody>
  );
}
