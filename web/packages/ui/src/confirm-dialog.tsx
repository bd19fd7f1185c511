import { useState } from 'react';
import { Button } from './button';
import { Dialog } from './dialog';
import { TextField } from './form/text-field';
import { t } from './messages';

export interface ConfirmDialogProps {
  open: boolean;
  title: string;
  message: string;
  confirmLabel: string;
  danger?: boolean | undefined;
  typed?: string | undefined;
  onAnswer: (confirmed: boolean) => void;
}

/** A question before something that cannot be taken back. */
export function ConfirmDialog({ open, title, message, confirmLabel, danger, typed, onAnswer }: ConfirmDialogProps) {
  const [text, setText] = useState('');
  const answer = (confirmed: boolean) => {
    setText('');
    onAnswer(confirmed);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => (next ? null : answer(false))}
      title={title}
      description={message}
      footer={
        <>
          <Button onClick={() => answer(false)}>{t('confirmDialog.cancel')}</Button>
          <Button
            variant={danger ? 'danger' : 'primary'}
            disabled={typed !== undefined && text !== typed}
            onClick={() => answer(true)}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      {typed === undefined ? null : (
        <TextField label={t('confirmDialog.typeToConfirm', { typed })} value={text} onChange={setText} mono />
      )}
    </Dialog>
  );
}
