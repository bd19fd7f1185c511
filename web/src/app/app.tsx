import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { useReadable } from '@lamphouse/sdk';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { appearance } from '../lib/preferences';
import { queryClient } from '../lib/query-client';
import { ConfirmHost } from './confirm-host';
import { router } from './router';
import { Toaster } from './toaster';

export function App() {
  // Another language draws everything anew: texts are read while drawing.
  const { language } = useReadable(appearance);
  return (
    <CSPProvider key={language} disableStyleElements>
      <QueryClientProvider client={queryClient}>
        <Tooltip.Provider>
          <RouterProvider router={router} />
          <Toaster />
          <ConfirmHost />
        </Tooltip.Provider>
      </QueryClientProvider>
    </CSPProvider>
  );
}
