import type { ConfirmRequest } from '@lamphouse/sdk';
import { create } from 'zustand';

interface Asked {
  request: ConfirmRequest;
  answer: (confirmed: boolean) => void;
}

export const useAsked = create<{ asked: Asked | null }>(() => ({ asked: null }));

/** Asks the reader; a question still open is answered with no. */
export function confirm(request: ConfirmRequest): Promise<boolean> {
  useAsked.getState().asked?.answer(false);
  return new Promise((resolve) => {
    const answer = (confirmed: boolean) => {
      useAsked.setState({ asked: null });
      resolve(confirmed);
    };
    useAsked.setState({ asked: { request, answer } });
  });
}
