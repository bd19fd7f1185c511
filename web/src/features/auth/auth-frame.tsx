import type { ReactNode } from 'react';

/** The pages before the sign-in: one card in the middle. */
export function AuthFrame({ title, intro, children }: { title: string; intro: ReactNode; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-6 p-4">
      <div className="flex items-center gap-2.5">
        <img src="/favicon.svg" alt="" width={32} height={32} />
        <span className="text-page font-semibold">Lamphouse</span>
      </div>
      <div className="w-full max-w-96 rounded-card border border-line bg-surface p-6">
        <h1 className="text-section font-semibold">{title}</h1>
        <div className="mt-1 mb-5 text-body text-muted">{intro}</div>
        {children}
      </div>
    </main>
  );
}
