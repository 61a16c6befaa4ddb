import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { type ApiError, apiError } from '../errors/api-error.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { Endpoint, Load } from './endpoint.ts';
import { wholeAnswer } from './middleware.ts';

/**
 * `inHand`: requests of the kind that are begun and not answered. `delayMs`: how late the event loop may be. A late loop
 * refuses only where `crowd` requests of the kind are in hand already: what makes it late may be something else.
 */
type Bound = { readonly inHand: number; readonly crowd: number; readonly delayMs: number };

export const loadBounds: Readonly<Record<Load, Bound>> = {
  search: { inHand: 32, crowd: 8, delayMs: 60 },
  read: { inHand: 256, crowd: 32, delayMs: 200 },
  command: { inHand: 1_500, crowd: 64, delayMs: 500 },
  health: { inHand: Number.POSITIVE_INFINITY, crowd: Number.POSITIVE_INFINITY, delayMs: Number.POSITIVE_INFINITY },
};

/**
 * Refusals that are sent in one tick, and milliseconds of a tick. Whoever asks again at once is slowed down by it, and a
 * flood of refusals takes a small share of the processor only, however many are asking.
 */
const REFUSALS_A_TICK = 10;
const TICK_MS = 10;

/** Milliseconds between two lines of the log while requests are refused. */
const TELL_EVERY_MS = 10_000;

/** Seconds after which trying again is worth it. */
const RETRY_AFTER_S = 2;

export const overloaded: ApiError = apiError('overloaded', 'The server has more to do than it can do now.', {
  retryAfterSeconds: RETRY_AFTER_S,
});

/** A place for one request; to be called once, when its answer is out or its client is gone. */
export type Release = () => void;

/** Gives places to requests. Null: this one is to be refused. `loopDelayMs`: how late the event loop was lately. */
export const makeAdmission = (loopDelayMs: () => number): ((load: Load) => Release | null) => {
  const inHand: Record<Load, number> = { search: 0, read: 0, command: 0, health: 0 };
  return (load) => {
    const bound = loadBounds[load];
    const now = inHand[load];
    if (now >= bound.inHand || (now >= bound.crowd && loopDelayMs() > bound.delayMs)) return null;
    inHand[load] += 1;
    return () => {
      inHand[load] -= 1;
    };
  };
};

/** Slot queries of one host, and requests for one host's time, that may be in hand: a stalled calendar is that host's alone. */
export const MOST_PER_HOST = { slots: 16, bookings: 300 } as const;

/** Gives places to what concerns one host, `most` at once for each. */
export const makeHostAdmission = (most: number): ((hostId: string) => Release | null) => {
  const inHand = new Map<string, number>();
  return (hostId) => {
    const now = inHand.get(hostId) ?? 0;
    if (now >= most) return null;
    inHand.set(hostId, now + 1);
    return () => {
      const left = (inHand.get(hostId) ?? 0) - 1;
      if (left > 0) inHand.set(hostId, left);
      else inHand.delete(hostId);
    };
  };
};

/** The load of a request before it is routed: by its path where that is one route's own, else by its method. */
const loadsOf = (endpoints: ReadonlyArray<Endpoint>): ((method: string, url: string) => Load) => {
  const byPath = new Map(endpoints.map(({ method, path, load }) => [`${method.toUpperCase()} ${path}`, load]));
  return (method, url) => {
    const query = url.indexOf('?');
    const path = query < 0 ? url : url.slice(0, query);
    const asked = method === 'HEAD' ? 'GET' : method;
    return byPath.get(`${asked} ${path}`) ?? (asked === 'POST' ? 'command' : 'read');
  };
};

type Deps = Pick<HttpDeps, 'clock' | 'log' | 'newRequestId' | 'loopDelayMs'>;

/** Sends refusals, a few at a time, and says in the log how many there were. */
const refusals = ({ log, ...deps }: Deps) => {
  const answer = wholeAnswer(deps);
  const waiting = new Set<readonly [IncomingMessage, ServerResponse]>();
  let ticking = false;
  let untold = 0;
  let isTelling = false;

  const send = (req: IncomingMessage, res: ServerResponse): void => {
    if (res.destroyed) return;
    const { status, headers, body } = answer(overloaded, (req.url ?? '').split('?')[0] ?? '');
    res.writeHead(status, headers).end(body);
  };
  const tick = (): void => {
    for (const refused of [...waiting.values().take(REFUSALS_A_TICK)]) {
      waiting.delete(refused);
      send(...refused);
    }
    ticking = waiting.size > 0;
    if (ticking) setTimeout(tick, TICK_MS);
  };
  /** The first refusal is told at once, and then every ten seconds how many more there were, to the last one. */
  const tell = (): void => {
    if (untold === 0) {
      isTelling = false;
      return;
    }
    log({ type: 'overloaded', refused: untold });
    untold = 0;
    isTelling = true;
    setTimeout(tell, TELL_EVERY_MS).unref();
  };
  return (req: IncomingMessage, res: ServerResponse): void => {
    const refused = [req, res] as const;
    waiting.add(refused);
    res.once('close', () => waiting.delete(refused));
    untold += 1;
    if (!isTelling) tell();
    if (ticking) return;
    ticking = true;
    setTimeout(tick, TICK_MS);
  };
};

/** Stands before everything else: what cannot be done now is refused before it costs anything. */
export const guardOverload = (
  deps: Deps,
  endpoints: ReadonlyArray<Endpoint>,
  serve: (req: IncomingMessage, res: ServerResponse) => void,
): RequestListener => {
  const admission = makeAdmission(deps.loopDelayMs);
  const loadOf = loadsOf(endpoints);
  const refuse = refusals(deps);
  return (req, res) => {
    const release = admission(loadOf(req.method ?? '', req.url ?? ''));
    if (release === null) {
      refuse(req, res);
      return;
    }
    res.once('close', release);
    serve(req, res);
  };
};
