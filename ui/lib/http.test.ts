import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type HttpError, request } from './http.ts';

/** A server that never answers: the request ends when its own deadline does. */
let deadlines_ms: number[];

beforeEach(() => {
  deadlines_ms = [];
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    deadlines_ms.push(ms);
    return AbortSignal.abort();
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it('says that a reading got no answer, and that the page keeps trying', async () => {
  await expect(request('GET', 'http://localhost/api/x')).rejects.toMatchObject({ status: 0, message: expect.stringContaining('keeps trying') });
});

it('waits longer for an action than the CSMS waits for a charge point, and then does not know whether it was done', async () => {
  await expect(request('POST', 'http://localhost/api/x', {})).rejects.toMatchObject({ status: 0, message: expect.stringContaining('look whether it was done') });
  await expect(request('DELETE', 'http://localhost/api/x')).rejects.toMatchObject({ status: 0 });
  expect(deadlines_ms.every((ms) => ms > 62_000)).toBe(true);
});

it('takes an answer that breaks off for none', async () => {
  const broken = new ReadableStream({ start: (control) => control.error(new TypeError('network error')) });
  vi.stubGlobal('fetch', async () => new Response(broken));
  await expect(request('POST', '/api/x', {})).rejects.toMatchObject({ status: 0 });
});

it('shows the reason that the server gives', async () => {
  vi.stubGlobal('fetch', async () => new Response('{"detail": "connector 1 is not free"}', { status: 409 }));
  await expect(request('POST', '/api/x', {})).rejects.toMatchObject({ status: 409, message: 'connector 1 is not free' });
});

it('names the fields that the server finds wrong', async () => {
  const problem = { detail: 'two things', errors: [{ at: 'body.name', what: 'is too long' }, { at: 'query.limit', what: 'no field' }, 'what?'] };
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(problem), { status: 422 }));
  const error = await request('PATCH', '/api/x', {}).catch((caught: unknown) => caught);
  expect([...(error as HttpError).fields]).toEqual([['name', 'is too long']]);
  vi.stubGlobal('fetch', async () => new Response('<html>', { status: 502 }));
  await expect(request('PATCH', '/api/x', {})).rejects.toMatchObject({ fields: new Map() });
});
