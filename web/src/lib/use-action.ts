import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { toast, toastError } from './toasts';

export interface Action<V, T> {
  run: (variables: V) => Promise<T>;
  /** Title when it failed: "Job not cancelled". */
  failed: string;
  done?: (data: T, variables: V) => string | null;
  refreshes?: readonly QueryKey[];
}

/** A change on the host: says how it went and refetches what it touched. */
export function useAction<V = void, T = unknown>({ run, failed, done, refreshes = [] }: Action<V, T>) {
  const client = useQueryClient();
  return useMutation<T, Error, V>({
    mutationFn: run,
    onError: toastError(failed),
    onSuccess: (data, variables) => {
      const title = done?.(data, variables);
      if (title) toast({ title });
    },
    onSettled: () => Promise.all(refreshes.map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
}
