import type { Json } from '../../src/domain/log/envelope.ts';

/** An answer as a client sees it. `body`: parsed, whatever it is; read it with a schema or `at`. */
export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Json;
};

export type Wish = {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** API key, sent as a bearer. */
  readonly key?: string;
  readonly signal?: AbortSignal;
};

export type Client = {
  readonly get: (path: string, wish?: Omit<Wish, 'body'>) => Promise<Reply>;
  readonly post: (path: string, body?: unknown, wish?: Omit<Wish, 'body'>) => Promise<Reply>;
  readonly patch: (path: string, body: unknown, wish?: Omit<Wish, 'body'>) => Promise<Reply>;
  readonly delete: (path: string, wish?: Omit<Wish, 'body'>) => Promise<Reply>;
  readonly request: (method: string, path: string, wish?: Wish) => Promise<Reply>;
};

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Real requests against a server; a body that is a text is sent as it stands, anything else as JSON. */
export const httpClient = (url: string): Client => {
  const request: Client['request'] = async (method, path, { body, headers = {}, key, signal } = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: parsed(text) };
  };
  return {
    request,
    get: (path, wish = {}) => request('GET', path, wish),
    patch: (path, body, wish = {}) => request('PATCH', path, { ...wish, body }),
    delete: (path, wish = {}) => request('DELETE', path, wish),
    post: (path, body, wish = {}) => request('POST', path, { ...wish, ...(body === undefined ? {} : { body }) }),
  };
};

/** The value at a path of keys and indices; null where there is none. */
export const at = (body: Json, ...path: ReadonlyArray<string | number>): Json =>
  path.reduce<Json>((value, key) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    return Reflect.get(value, key) ?? null;
  }, body);
