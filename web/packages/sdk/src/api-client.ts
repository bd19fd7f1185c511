import { ApiError } from './api-error';
import type { Problem } from './api-types';

export type QueryValue = string | number | boolean | readonly (string | number)[] | null | undefined;
export type QueryParameters = Readonly<Record<string, QueryValue>>;

/** One call before it is sent. `path` starts with a slash and has no query. */
export interface ApiRequest {
  method: string;
  path: string;
  query?: QueryParameters | undefined;
  body?: unknown;
}

/** What came back. Only the two headers that carry paging are kept. */
export interface ApiResponse {
  status: number;
  body: unknown;
  link: string | null;
  total: number | null;
}

/** Sends a call; resolves for every status, rejects with `ApiError` status 0 when the host is unreachable. */
export type Transport = (request: ApiRequest, signal?: AbortSignal) => Promise<ApiResponse>;

export interface CallOptions {
  query?: QueryParameters | undefined;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

export interface ListPage<Item> {
  items: Item[];
  nextCursor: string | null;
  total: number | null;
}

export interface ApiClient {
  get<T>(path: string, options?: CallOptions): Promise<T>;
  list<T>(path: string, options?: CallOptions): Promise<ListPage<T>>;
  post<T = void>(path: string, options?: CallOptions): Promise<T>;
  put<T = void>(path: string, options?: CallOptions): Promise<T>;
  patch<T = void>(path: string, options?: CallOptions): Promise<T>;
  delete<T = void>(path: string, options?: CallOptions): Promise<T>;
}

/** Query text with its question mark, or nothing. Lists are joined with commas; null and undefined are left out. */
export function encodeQuery(query: QueryParameters | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined || value === null) continue;
    const text = Array.isArray(value) ? value.join(',') : String(value);
    if (text !== '') parameters.set(name, text);
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** The `cursor` parameter of the `rel="next"` target of a Link header, or null. */
export function nextCursor(link: string | null): string | null {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined) return null;
  return new URL(target, 'http://host.invalid').searchParams.get('cursor');
}

/** A client over any transport; a status of 400 and above is thrown as `ApiError`. */
export function createApiClient(transport: Transport): ApiClient {
  const send = async (method: string, path: string, options: CallOptions = {}) => {
    const request: ApiRequest = { method, path, query: options.query, body: options.body };
    const response = await transport(request, options.signal);
    if (response.status >= 400) throw new ApiError(response.status, (response.body ?? {}) as Problem);
    return response;
  };
  const bodyOf =
    (method: string) =>
    async <T>(path: string, options?: CallOptions) =>
      (await send(method, path, options)).body as T;
  return {
    get: bodyOf('GET'),
    post: bodyOf('POST'),
    put: bodyOf('PUT'),
    patch: bodyOf('PATCH'),
    delete: bodyOf('DELETE'),
    list: async <T>(path: string, options?: CallOptions) => {
      const response = await send('GET', path, options);
      return { items: response.body as T[], nextCursor: nextCursor(response.link), total: response.total };
    },
  };
}
