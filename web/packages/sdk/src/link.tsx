import type { AnchorHTMLAttributes, MouseEvent } from 'react';
import { encodeQuery, type QueryParameters } from './api-client';
import { usePluginHost } from './host';

export interface LinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  /** Path below the plugin's mount. */
  to: string;
  search?: QueryParameters;
}

/** A link below the plugin's mount; opens in a new tab as any link does. */
export function Link({ to, search, onClick, ...rest }: LinkProps) {
  const host = usePluginHost();
  const target = to + encodeQuery(search);
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (event.defaultPrevented || event.button !== 0 || modified || rest.target) return;
    event.preventDefault();
    host.navigate(target, { replace: false });
  };
  return <a {...rest} href={host.plugin.basePath + target} onClick={follow} />;
}
