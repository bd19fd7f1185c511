import { create } from 'zustand';

/** Which of the shell's own dialogs is open. */
export const useDialogs = create<{ open: 'palette' | 'shortcuts' | null }>(() => ({ open: null }));
