/** The host's built-in roles, most powerful first. */
import { t } from '../../lib/messages';
export const ROLES = [
  {
    value: 'admin',
    get label() {
      return t('users.administratorEverything');
    },
  },
  {
    value: 'operator',
    get label() {
      return t('users.operatorRunsTheWork');
    },
  },
  {
    value: 'engineer',
    get label() {
      return t('users.engineerRunsAndRepairsThe');
    },
  },
  {
    value: 'colorist',
    get label() {
      return t('users.coloristWorksOnPictures');
    },
  },
  {
    value: 'viewer',
    get label() {
      return t('users.viewerSeesChangesNothing');
    },
  },
];
