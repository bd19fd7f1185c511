import { Page, Tabs } from '@lamphouse/ui';
import { useUrlState } from '../../lib/url-state';
import { KeyTable } from './key-table';
import { UserTable } from './user-table';

const DEFAULTS = { tab: 'users' };

export function UsersPage() {
  const [view, setView] = useUrlState(DEFAULTS);
  return (
    <Page title="Users and keys" fill>
      <Tabs
        label="Users or keys"
        value={view.tab}
        onChange={(tab) => setView({ tab })}
        tabs={[
          { id: 'users', label: 'Users', content: <UserTable /> },
          { id: 'keys', label: 'API keys', content: <KeyTable /> },
        ]}
      />
    </Page>
  );
}
