/** JSON over fetch. Every failure becomes one HttpError whose message can be shown to a person. */

export class HttpError extends Error {
  /** 0 when no answer came at all. */
  readonly status: number;
  /** What is wrong with single fields of the body, by their names, where the server says so. */
  readonly fields: ReadonlyMap<string, string>;

  constructor(status: number, message: string, fields: ReadonlyMap<string, string> = new Map()) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
    this.fields = fields;
  }
}

const READ_DEADLINE_MS = 25_000;
// Behind an action there may be a charge point, which the CSMS gives 22 s, and a long local list 60: it must answer first.
const ACT_DEADLINE_MS = 70_000;

/** Send `body` as JSON and give back the answer's JSON, `undefined` when it has none. */
export async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
  return (await send(method, path, body)).body as T;
}

/** As `request`, or a file as it is, with headers of one's own, and with those of the answer. */
export async function send(
  method: string, path: string, body?: unknown, headers: Record<string, string> = {},
): Promise<{ body: unknown; headers: Headers }> {
  const reads = method === 'GET';
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      headers: {
        Accept: 'application/json',
        'X-Requested-With': 'bollard', // a foreign site cannot set it: the servers ask for it where a cookie speaks
        ...(body === undefined ? {} : { 'Content-Type': body instanceof Blob ? 'application/octet-stream' : 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(reads ? READ_DEADLINE_MS : ACT_DEADLINE_MS),
    });
    text = await response.text(); // the connection may go in the middle of an answer too
  } catch {
    throw new HttpError(0, reads ? 'The server cannot be reached. Check the connection; this page keeps trying.'
      : 'No answer came: look whether it was done before you try again.');
  }
  if (!response.ok) throw new HttpError(response.status, reason(text) ?? `The server answered ${response.status}.`, fieldsOf(text));
  try {
    return { body: text ? JSON.parse(text) : undefined, headers: response.headers };
  } catch {
    throw new HttpError(response.status, 'The server sent something that is not JSON.');
  }
}

/** The words of an error body: problem+json (RFC 9457), or the plain {"detail"} and {"error"} of smaller servers. */
function reason(text: string): string | undefined {
  try {
    const problem: unknown = JSON.parse(text);
    if (typeof problem !== 'object' || problem === null) return undefined;
    for (const key of ['detail', 'error', 'message', 'title']) {
      const value = (problem as Record<string, unknown>)[key];
      if (typeof value === 'string' && value) return value;
    }
  } catch {
    // not JSON: the caller names the status instead
  }
  return undefined;
}

/** `{"errors": [{"at": "body.name", "what": "is too long"}]}` → name: is too long. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  try {
    const { errors } = JSON.parse(text) as { errors?: unknown };
    for (const each of Array.isArray(errors) ? (errors as unknown[]) : []) {
      const { at, what } = (each ?? {}) as { at?: unknown; what?: unknown };
      if (typeof at === 'string' && typeof what === 'string' && at.startsWith('body.')) found.set(at.slice(5), what);
    }
  } catch {
    // not JSON: nothing is said of fields
  }
  return found;
}
