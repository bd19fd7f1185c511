import { Toast } from '@base-ui/react/toast';
import type { ToastRequest } from '@lamphouse/sdk';

export const toastManager = Toast.createToastManager<{ tone: NonNullable<ToastRequest['tone']> }>();

const SHOWN_MS = { ok: 5000, info: 5000, warn: 10_000, bad: 10_000 };

/** Tells the reader what came of their own action. */
export function toast({ title, message, tone = 'ok', action }: ToastRequest): void {
  toastManager.add({
    title,
    description: message,
    timeout: SHOWN_MS[tone],
    priority: tone === 'bad' ? 'high' : 'low',
    data: { tone },
    ...(action ? { actionProps: { children: action.label, onClick: action.run } } : {}),
  });
}

export function toastError(title: string) {
  return (error: Error) => toast({ title, message: error.message, tone: 'bad' });
}
