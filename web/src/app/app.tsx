import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { queryClient } from '../lib/query-client';
import { ConfirmHost } from './confirm-host';
import { router } from './router';
import { Toaster } from './toaster';

export function App() {
  return (
    <CSPProvider disableStyleElements>
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
