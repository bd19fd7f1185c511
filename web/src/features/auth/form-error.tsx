import { OctagonX } from 'lucide-react';

/** Why a form was refused, above its button. */
export function FormError({ error }: { error: Error | null }) {
  if (error === null) return null;
  return (
    <p role="alert" className="lh-tint lh-tone-bad flex items-start gap-2 rounded-control px-3 py-2 text-body">
      <OctagonX size={16} aria-hidden className="mt-px shrink-0" />
      <span className="block first-letter:uppercase">{error.message}</span>
    </p>
  );
}
