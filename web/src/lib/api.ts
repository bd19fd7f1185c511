import { ApiError, type ApiRequest, createApiClient, encodeQuery, type Transport } from '@lamphouse/sdk';

const BASE = '/api/v1';

async function readBody(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return { message: `The host answered with status ${response.status} and no readable body.` };
  }
}

async function send(url: string, init: RequestInit) {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw ApiError.unreachable();
  }
  const total = response.headers.get('x-total-count');
  return {
    status: response.status,
    body: await readBody(response),
    link: response.headers.get('link'),
    total: total === null ? null : Number(total),
  };
}

/** Calls below `prefix` of the host's interface, with the session's cookie. */
export function hostTransport(prefix: string): Transport {
  return ({ method, path, query, body }: ApiRequest, signal) => {
    const init: RequestInit = { method, signal: signal ?? null };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { 'content-type': 'application/json' };
    }
    return send(BASE + prefix + path + encodeQuery(query), init);
  };
}

export const api = createApiClient(hostTransport(''));

/** Posts a plugin package as it is. */
export async function postPackage<T>(path: string, file: File): Promise<T> {
  const { status, body } = await send(BASE + path, {
    method: 'POST',
    body: file,
    headers: { 'content-type': 'application/octet-stream' },
  });
  if (status >= 400) throw new ApiError(status, (body ?? {}) as Record<string, string>);
  return body as T;
}
