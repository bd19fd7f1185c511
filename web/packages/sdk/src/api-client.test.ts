import { describe, expect, it } from 'vitest';
import { type ApiRequest, createApiClient, encodeQuery, nextCursor } from './api-client';
import { ApiError } from './api-error';

describe('encodeQuery', () => {
  it('joins lists, leaves out what is missing, escapes the rest', () => {
    expect(encodeQuery({ state: ['a', 'b'], q: 'x y', none: undefined, nil: null, empty: [], off: false })).toBe(
      '?state=a%2Cb&q=x+y&off=false',
    );
    expect(encodeQuery(undefined)).toBe('');
  });
});

describe('nextCursor', () => {
  it.each([
    ['</api/v1/jobs?limit=5&cursor=abc%3D>; rel="next"', 'abc='],
    ['</api/v1/jobs?cursor=1>; rel="prev", </api/v1/jobs?cursor=3>; rel="next"', '3'],
    ['</api/v1/jobs?cursor=1>; rel="prev"', null],
    [null, null],
  ])('of %s is %s', (link, cursor) => expect(nextCursor(link)).toBe(cursor));
});

describe('createApiClient', () => {
  it('sends the method, path, query and body', async () => {
    const sent: ApiRequest[] = [];
    const api = createApiClient(async (request) => {
      sent.push(request);
      return { status: 200, body: { id: 7 }, link: null, total: null };
    });
    expect(await api.post('/things', { body: { a: 1 } })).toEqual({ id: 7 });
    expect(sent[0]).toMatchObject({ method: 'POST', path: '/things', body: { a: 1 } });
  });

  it('throws the problem document', async () => {
    const body = { code: 'thing_not_found', message: 'no thing 7', request_id: 'r1', field: 'id' };
    const api = createApiClient(async () => ({ status: 404, body, link: null, total: null }));
    const error = await api.get('/things/7').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 404,
      code: 'thing_not_found',
      message: 'no thing 7',
      requestId: 'r1',
      field: 'id',
    });
  });
});
