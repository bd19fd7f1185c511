/** The words and signs of every state; one place, so that they are the same everywhere. */

import type { AssetState } from './data/package-detail';
import type { Encryption, PackageState, Verified } from './data/package-row';
import { t } from './messages';

/** Signs of the shell's `Status`. */
export type Sign =
  | 'ok'
  | 'active'
  | 'queued'
  | 'paused'
  | 'warn'
  | 'bad'
  | 'offline'
  | 'stale'
  | 'unknown'
  | 'disabled';

export interface StateWords {
  sign: Sign;
  label: string;
  /** What it means, for the detail panel. */
  meaning: string;
}

export const PACKAGE_STATES: Record<PackageState, StateWords> = {
  complete: {
    sign: 'ok',
    get label() {
      return t('library.complete');
    },
    get meaning() {
      return t('library.everyListedFileIsHere');
    },
  },
  incomplete: {
    sign: 'warn',
    get label() {
      return t('library.incomplete');
    },
    get meaning() {
      return t('library.filesAreMissingNothingThat');
    },
  },
  incoming: {
    sign: 'active',
    get label() {
      return t('library.incoming');
    },
    get meaning() {
      return t('library.itsFilesAreStillChanging');
    },
  },
  corrupt: {
    sign: 'bad',
    get label() {
      return t('library.damaged');
    },
    get meaning() {
      return t('library.somethingIsWrongWithIts');
    },
  },
  unreachable: {
    sign: 'offline',
    get label() {
      return t('library.unreachable');
    },
    get meaning() {
      return t('library.itsFolderCannotBeRead');
    },
  },
};

export const VERIFIED: Record<Verified, StateWords> = {
  none: {
    sign: 'unknown',
    get label() {
      return t('library.never');
    },
    get meaning() {
      return t('library.itsFilesWereNeverHashed');
    },
  },
  ok: {
    sign: 'ok',
    get label() {
      return t('library.verified');
    },
    get meaning() {
      return t('library.everyFileMatchedItsPacking');
    },
  },
  failed: {
    sign: 'bad',
    get label() {
      return t('library.failed');
    },
    get meaning() {
      return t('library.atLeastOneFileDiffers');
    },
  },
  partial: {
    sign: 'warn',
    get label() {
      return t('library.partly');
    },
    get meaning() {
      return t('library.someFilesCouldNotBe');
    },
  },
};

export const ASSET_STATES: Record<AssetState, StateWords> = {
  unverified: {
    sign: 'unknown',
    get label() {
      return t('library.notHashed');
    },
    get meaning() {
      return t('library.hereWithTheRightSize');
    },
  },
  ok: {
    sign: 'ok',
    get label() {
      return t('library.matches');
    },
    get meaning() {
      return t('library.theHashEqualsThePacking');
    },
  },
  corrupt: {
    sign: 'bad',
    get label() {
      return t('library.hashDiffers');
    },
    get meaning() {
      return t('library.theFileIsNotWhat');
    },
  },
  'size-mismatch': {
    sign: 'bad',
    get label() {
      return t('library.sizeDiffers');
    },
    get meaning() {
      return t('library.theFileHasAnotherSize');
    },
  },
  missing: {
    sign: 'warn',
    get label() {
      return t('library.missing');
    },
    get meaning() {
      return t('library.theFileIsNotHere');
    },
  },
  'no-hash': {
    sign: 'disabled',
    get label() {
      return t('library.noHash');
    },
    get meaning() {
      return t('library.thePackingListGivesNo');
    },
  },
  'other-volume': {
    sign: 'paused',
    get label() {
      return t('library.otherVolume');
    },
    get meaning() {
      return t('library.theFileIsOnA');
    },
  },
};

export const ENCRYPTION: Record<Encryption, string> = {
  get none() {
    return t('library.plain');
  },
  get partial() {
    return t('library.partly');
  },
  get full() {
    return t('library.encrypted');
  },
};
