import { ConfirmDialog } from '@lamphouse/ui';
import { useAsked } from '../lib/confirm';

/** Draws the question that is open, if any. */
export function ConfirmHost() {
  const asked = useAsked((state) => state.asked);
  if (asked === null) return null;
  return <ConfirmDialog open {...asked.request} onAnswer={asked.answer} />;
}
