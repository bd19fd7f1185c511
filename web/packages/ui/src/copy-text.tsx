import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from './icon-button';
import { t } from './messages';
import { MiddleText } from './middle-text';

const DONE_MS = 1500;

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

export interface CopyTextProps {
  value: string;
  /** What it is, for the button's name. */
  label?: string;
  /** What is copied when it is not what is shown. */
  copied?: string;
  /** Show the whole text over several lines. */
  whole?: boolean;
}

/** Monospaced text with a button that copies it. */
export function CopyText({ value, copied = value, label = 'text', whole = false }: CopyTextProps) {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), DONE_MS);
    return () => clearTimeout(timer);
  }, [outcome]);
  const press = async () => setOutcome((await copy(copied)) ? 'copied' : 'refused');
  return (
    <span className="inline-flex max-w-full min-w-0 items-center gap-1">
      {whole ? (
        <code className="min-w-0 font-mono text-small break-all">{value}</code>
      ) : (
        <MiddleText text={value} mono />
      )}
      <IconButton
        icon={outcome === 'copied' ? Check : Copy}
        label={t('copyText.copy', { label })}
        size="small"
        className="pointer-coarse:-my-2.5"
        onClick={() => void press()}
      />
      <span role="status" className="sr-only">
        {outcome === 'copied'
          ? t('copyText.copied')
          : outcome === 'refused'
            ? t('copyText.theBrowserRefusedToCopy')
            : ''}
      </span>
    </span>
  );
}
