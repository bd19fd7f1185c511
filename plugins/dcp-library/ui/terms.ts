/** What the words of the trade mean, in one sentence each. */
import { t } from './messages';
export const TERMS = {
  get dcp() {
    return t('library.digitalCinemaPackageTheFolder');
  },
  get cpl() {
    return t('library.compositionPlaylistTheRunningOrder');
  },
  get pkl() {
    return t('library.packingListTheDeliveryNote');
  },
  get ov() {
    return t('library.originalVersionEverythingItPlays');
  },
  get vf() {
    return t('library.versionFileAChangeTo');
  },
  get smpte() {
    return t('library.theCurrentStandardOfDigital');
  },
  get interop() {
    return t('library.theFormatFromBeforeThe');
  },
  get mixed() {
    return t('library.documentsOfBothSmpteAnd');
  },
  get kdm() {
    return t('library.keyDeliveryMessageOpensAn');
  },
  get atmos() {
    return t('library.immersiveSoundADolbyAtmos');
  },
  get reel() {
    return t('library.aPartOfATitle');
  },
} as const;

export type TermKey = keyof typeof TERMS;
