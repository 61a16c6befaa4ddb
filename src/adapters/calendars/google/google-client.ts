import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../../application/ports/clock-and-ids.ts';
import { type CallFailure, callFailure, toCallFailure } from './failure-mapping.ts';
import type { GoogleCalendarConfig } from './google-calendar-config.ts';
import { type GoogleApi, loadGoogle } from './google-library.ts';
import { makeTokenSource } from './token-source.ts';

/** Per-call options of the client library; its own retries stay off: the saga retries, with everybody watching. */
export type CallOptions = {
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
  readonly retry: false;
  /** A redirect is an answer: the token goes to no other place, and a login page is none of Google's. */
  readonly redirect: 'manual';
};

export type GoogleRequest<A> = {
  readonly operation: string;
  readonly write: boolean;
  readonly headers?: Record<string, string>;
  readonly send: (api: GoogleApi, options: CallOptions) => Promise<{ readonly data: A }>;
};

export type GoogleAnswer<A> = Promise<E.Either<CallFailure, A>>;

/** One authorised request to the Calendar API, ended by `signal`. Never rejects. */
export type GoogleClient = <A>(request: GoogleRequest<A>, signal: AbortSignal) => GoogleAnswer<A>;

/** What every operation of one Google calendar needs. */
export type Google = { readonly call: GoogleClient; readonly config: GoogleCalendarConfig };

const connect = async (config: GoogleCalendarConfig, clock: Clock) => {
  const google = await loadGoogle();
  const options = config.rootUrl === undefined ? {} : { rootUrl: config.rootUrl };
  return {
    api: new google.calendar_v3.Calendar(options),
    tokens: makeTokenSource(google, config, clock),
  };
};

const once = <A>(make: () => Promise<A>): (() => Promise<A>) => {
  let made: Promise<A> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/** A 401 means that nothing was done: the token is fetched anew and the request sent once more. */
export const makeGoogleClient = (config: GoogleCalendarConfig, clock: Clock): GoogleClient => {
  const connection = once(() => connect(config, clock));

  const send = async <A>(request: GoogleRequest<A>, token: string, signal: AbortSignal): GoogleAnswer<A> => {
    if (signal.aborted) return E.left(callFailure('network', `Google Calendar, ${request.operation}: not sent`));
    const { api } = await connection();
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    try {
      return E.right((await request.send(api, { headers, signal, retry: false, redirect: 'manual' })).data);
    } catch (error) {
      return E.left(toCallFailure(error, { ...request, nowMs: clock.now() }));
    }
  };

  return async (request, signal) => {
    const { tokens } = await connection();
    const token = await tokens.token(signal);
    if (E.isLeft(token)) return token;
    const answer = await send(request, token.right, signal);
    if (E.isRight(answer) || answer.left.status !== 401) return answer;
    tokens.refuse(token.right);
    const fresh = await tokens.token(signal);
    return E.isLeft(fresh) ? fresh : send(request, fresh.right, signal);
  };
};
