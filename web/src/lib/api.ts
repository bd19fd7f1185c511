import {
  ApiError,
  type ApiPaths,
  type ApiRequest,
  createApiClient,
  encodeQuery,
  type ListPage,
  type QueryParameters,
  type Transport,
} from '@lamphouse/sdk';
import { t } from './messages';

const BASE = '/api/v1';

async function readBody(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const text = await response.text();
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return { message: t('lib.theHostAnsweredWithStatus', { status: response.status }) };
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

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type Operation<P extends keyof ApiPaths, M extends Method> = NonNullable<ApiPaths[P][M]>;
/** Path templates below `/api/v1` that answer a method. */
type PathOf<M extends Method> = {
  [P in keyof ApiPaths]: [Operation<P, M>] extends [never]
    ? never
    : P extends `${typeof BASE}${infer Rest}`
      ? Rest
      : never;
}[keyof ApiPaths];
type OperationAt<P extends string, M extends Method> = `${typeof BASE}${P}` extends keyof ApiPaths
  ? Operation<`${typeof BASE}${P}`, M>
  : never;

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined;
/** Body of the good answer. */
type Answer<O> = O extends { responses: infer R }
  ? { [Status in keyof R]: Status extends 'default' ? never : Json<R[Status]> }[keyof R]
  : never;
type Part<O, Name extends 'path' | 'query'> = O extends { parameters: { [K in Name]?: infer Values } }
  ? NonNullable<Values>
  : never;
type PathPart<O> = [Part<O, 'path'>] extends [never] ? object : { path: Part<O, 'path'> };
type QueryPart<O> = [Part<O, 'query'>] extends [never]
  ? object
  : { query?: { [K in keyof Part<O, 'query'>]?: Part<O, 'query'>[K] | null | undefined } };
type BodyPart<O> = O extends { requestBody: { content: { 'application/json': infer Body } } } ? { body: Body } : object;
type Options<O> = PathPart<O> & QueryPart<O> & BodyPart<O> & { signal?: AbortSignal };
/** Options may be left out where nothing of them is needed. */
type Arguments<O> = object extends Options<O> ? [options?: Options<O>] : [options: Options<O>];
type Call<M extends Method> = <P extends PathOf<M>>(
  path: P,
  ...options: Arguments<OperationAt<P, M>>
) => Promise<Answer<OperationAt<P, M>>>;

interface AnyOptions {
  path?: Record<string, string>;
  query?: QueryParameters;
  body?: unknown;
  signal?: AbortSignal;
}

/** Puts parameters in the place of the names in braces. */
function fill(template: string, values: Record<string, string> = {}): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}

const client = createApiClient(hostTransport(''));

function call<M extends Method>(method: M): Call<M> {
  const run = (template: string, { path, ...options }: AnyOptions = {}) =>
    client[method](fill(template, path), options);
  return run as unknown as Call<M>;
}

/** The host's own routes. Paths, parameters, bodies and answers have the types of its API document. */
export const api = {
  get: call('get'),
  post: call('post'),
  put: call('put'),
  patch: call('patch'),
  delete: call('delete'),
  /** One page of a list. */
  list: <P extends PathOf<'get'>>(template: P, options: Options<OperationAt<P, 'get'>>) => {
    const { path, ...rest } = options as AnyOptions;
    const page = client.list(fill(template, path), rest);
    return page as Promise<Answer<OperationAt<P, 'get'>> extends (infer Item)[] ? ListPage<Item> : never>;
  },
};

/** Posts a plugin package as it is. */
export async function postPackage<P extends '/plugins' | '/plugins/inspect'>(
  path: P,
  file: File,
  query: QueryParameters = {},
): Promise<Answer<OperationAt<P, 'post'>>> {
  const { status, body } = await send(BASE + path + encodeQuery(query), {
    method: 'POST',
    body: file,
    headers: { 'content-type': 'application/octet-stream' },
  });
  if (status >= 400) throw new ApiError(status, (body ?? {}) as Record<string, string>);
  return body as Answer<OperationAt<P, 'post'>>;
}
