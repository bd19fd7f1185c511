import { Page, Tabs } from '@lamphouse/ui';
import { t } from '../../lib/messages';
import { useUrlState } from '../../lib/url-state';
import { KeyTable } from './key-table';
import { UserTable } from './user-table';

const DEFAULTS = { tab: 'users' };

export function UsersPage() {
  const [view, setView] = useUrlState(DEFAULTS);
  return (
    <Page title={t('users.usersAndKeys')} fill>
      <Tabs
        label={t('users.usersOrKeys')}
        value={view.tab}
        onChange={(tab) => setView({ tab })}
        tabs={[
          { id: 'users', label: t('users.users'), content: <UserTable /> },
          { id: 'keys', label: t('users.apiKeys'), content: <KeyTable /> },
        ]}
      />
    </Page>
  );
}
