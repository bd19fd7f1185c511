import { t } from '../messages';

/** Whether a document holds a signature. */
export function SignedFact({ signed = false }: { signed: boolean | undefined }) {
  return signed ? <span>{t('panel.signed')}</span> : <span className="dcpl-muted">{t('panel.notSigned')}</span>;
}
