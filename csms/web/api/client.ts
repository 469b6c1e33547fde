/**
 * The CSMS's API with its types, for the dashboard and the driver app alike. Paths, parameters, bodies and answers are
 * checked against schema.d.ts; what travels is ui's `request`, and every failure is its HttpError.
 *
 *     const point = await api.get('/api/charge-points/{identity}', { path: { identity } });
 *     await api.post('/api/cards', { body: { id_tag, user_id } });
 *     const { rows, total } = await api.page('/api/sessions', { query: { limit: 50, offset: 100 } });
 */
import { send } from '@bollard/ui';
import type { components, paths } from './schema';

/** The named shapes of the API: Schemas['Session']. */
export type Schemas = components['schemas'];

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
type PathsOf<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, unknown> ? P : never }[keyof paths];
type Operation<P extends keyof paths, M extends Method> = paths[P] extends Record<M, infer O> ? O : never;

type PathOf<O> = O extends { parameters: { path: infer V } } ? { path: V } : { path?: never };
type QueryOf<O> = O extends { parameters: { query: infer V } }
  ? { query: V }
  : O extends { parameters: { query?: infer V } } ? { query?: V } : { query?: never };
type BodyOf<O> = O extends { requestBody: { content: { 'application/json': infer V } } } ? { body: V } : { body?: never };

/** A call that takes an Idempotency-Key: said again with the same one, since an answer was lost, it acts once. */
type HeaderOf<O> = O extends { parameters: { header?: infer V } } ? NonNullable<V> : never;
type OnceOf<O> = [HeaderOf<O>] extends [never]
  ? { once?: never }
  : 'Idempotency-Key' extends keyof HeaderOf<O> ? { once?: string } : { once?: never };

/** What a call needs: path and query parameters, the body, for a change the ETag it was made upon, and `once`. */
export type Asked<O> = PathOf<O> & QueryOf<O> & BodyOf<O> & OnceOf<O> & { ifMatch?: string };
type Arguments<O> = Record<string, never> extends Asked<O> ? [asked?: Asked<O>] : [asked: Asked<O>];

type Right<O> = O extends { responses: infer R } ? R[keyof R & (200 | 201 | 202 | 204)] : never;
/** What comes back: the JSON of the answer, undefined when there is none. */
export type Answer<O> = Right<O> extends { content: { 'application/json': infer V } } ? V : undefined;
export type AnswerOf<P extends keyof paths, M extends Method = 'get'> = Answer<Operation<P, M>>;

interface Loose {
  path?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  ifMatch?: string;
  once?: string;
}

/** Where the pages live decides where the API is: "" at the root, "../" below a folder such as /app/. */
let base = '';
export function setBase(folder: string): void {
  base = folder;
}

/** The address of a route, as for a link or an event stream: parameters are filled in and escaped. */
export function href<P extends keyof paths>(path: P, asked: Loose = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(asked.path?.[name])));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked.query ?? {})) {
    if (value === undefined || value === null) continue;
    for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each));
  }
  return `${base}${filled.slice(1)}${query.size ? `?${query}` : ''}`;
}

function call(method: Method, path: keyof paths, asked: Loose = {}) {
  const headers: Record<string, string> = {
    ...(asked.ifMatch === undefined ? {} : { 'If-Match': asked.ifMatch }),
    ...(asked.once === undefined ? {} : { 'Idempotency-Key': asked.once }),
  };
  return send(method.toUpperCase(), href(path, asked), asked.body, headers);
}

function verb<M extends Method>(method: M) {
  return async <P extends PathsOf<M>>(path: P, ...[asked]: Arguments<Operation<P, M>>) =>
    (await call(method, path, asked as Loose)).body as AnswerOf<P, M>;
}

export const get = verb('get');
export const post = verb('post');
export const put = verb('put');
export const patch = verb('patch');
export const remove = verb('delete');

/** One page of a list, and how many rows there are in all. */
export async function page<P extends PathsOf<'get'>>(path: P, ...[asked]: Arguments<Operation<P, 'get'>>) {
  const { body, headers } = await call('get', path, asked as Loose);
  const rows = body as AnswerOf<P> & unknown[];
  return { rows, total: Number(headers.get('X-Total-Count') ?? rows.length) };
}

const A_PAGE = 1000; // the most that the API gives at once

/** The rows of a list from its first on, `most` at the most, and how many there are in all. */
export async function all<P extends PathsOf<'get'>>(path: P, asked: { query?: Record<string, unknown> }, most: number) {
  const from = (offset: number) =>
    page(path, ...([{ ...asked, query: { ...asked.query, limit: Math.min(A_PAGE, most - offset), offset } }] as unknown as Arguments<Operation<P, 'get'>>));
  const found = await from(0);
  while (found.rows.length < Math.min(found.total, most)) {
    const { rows, total } = await from(found.rows.length);
    if (!rows.length) break; // there are fewer by now
    found.rows.push(...rows);
    found.total = total;
  }
  return found;
}

/** A thing with its ETag: handed back as `ifMatch`, a change is refused (412) when someone else was quicker. */
export async function tagged<P extends PathsOf<'get'>>(path: P, ...[asked]: Arguments<Operation<P, 'get'>>) {
  const { body, headers } = await call('get', path, asked as Loose);
  return { row: body as AnswerOf<P>, etag: headers.get('ETag') ?? undefined };
}
