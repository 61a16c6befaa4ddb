import type { Dispatcher } from 'undici';
import { request } from 'undici';
import { isAddressNotAllowed } from '../../network/address-rules.ts';
import { codeIn, connectionCause } from '../../network/connection-causes.ts';
import { type DavAnswer, calendarFailed, failureIn } from './failures.ts';

/** Bytes of one answer's body; a calendar that answers more cannot be read. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export type DavRequest = {
  readonly method: 'GET' | 'PUT' | 'DELETE' | 'OPTIONS' | 'PROPFIND' | 'REPORT';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** Resolves with any status, redirects included: credentials are sent to no other URL than the one asked for. */
export type Send = (request: DavRequest) => Promise<DavAnswer>;

export type DavAccess = {
  readonly dispatcher: Dispatcher;
  readonly username: string;
  readonly password: string;
  readonly timeLimitMs: number;
};

/**
 * Calls `onSent` when the connection exists and the request goes out: before that the server cannot have done anything.
 */
const reportingSent =
  (onSent: () => void): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => {
        handler.onRequestStart?.(controller, context);
        // A signal that aborted while the connection was made aborts here, before anything is sent.
        if (!controller.aborted) onSent();
      },
      onRequestUpgrade: (...upgrade) => handler.onRequestUpgrade?.(...upgrade),
      onResponseStart: (...start) => handler.onResponseStart?.(...start),
      onResponseData: (...data) => handler.onResponseData?.(...data),
      onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
      onResponseError: (...error) => handler.onResponseError?.(...error),
    });

const readBody = async (body: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      throw calendarFailed({ kind: 'provider-error', message: `the answer is larger than ${MAX_ANSWER_BYTES} bytes` });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const whyUnanswered = (error: unknown, limit: AbortSignal, timeLimitMs: number, signal: AbortSignal): string => {
  if (limit.aborted) return `no answer within ${timeLimitMs} ms`;
  if (signal.aborted) return 'the call was called off';
  if (isAddressNotAllowed(error) && error instanceof Error) return error.message;
  // The rest of the error may contain the URL.
  return `the connection failed (${codeIn(error) ?? 'no code'})`;
};

/**
 * Sends the requests of one call of the port, which share its time limit and its signal. Without an answer it throws a
 * calendar failure: `outcome-unknown` once a write was sent, otherwise `network`.
 */
export const sender = (access: DavAccess, signal: AbortSignal): Send => {
  const limit = AbortSignal.timeout(access.timeLimitMs);
  const ended = AbortSignal.any([signal, limit]);
  const authorization = `Basic ${Buffer.from(`${access.username}:${access.password}`, 'utf8').toString('base64')}`;
  return async ({ method, url, headers, body }) => {
    let sent = false;
    const onSent = (): void => {
      sent = true;
    };
    try {
      const answer = await request(url, {
        method,
        dispatcher: access.dispatcher.compose(reportingSent(onSent)),
        signal: ended,
        // The signal is the one limit, over all requests of the call.
        headersTimeout: 0,
        bodyTimeout: 0,
        headers: { ...headers, authorization, 'user-agent': 'holdfast' },
        ...(body === undefined ? {} : { body }),
      });
      return { url, status: answer.statusCode, headers: answer.headers, body: await readBody(answer.body) };
    } catch (error) {
      if (failureIn(error) !== undefined) throw error;
      const isWrite = method === 'PUT' || method === 'DELETE';
      const cause = limit.aborted ? 'timeout' : connectionCause(codeIn(error) ?? '');
      throw calendarFailed({
        kind: sent && isWrite ? 'outcome-unknown' : 'network',
        message: `${whyUnanswered(error, limit, access.timeLimitMs, signal)}: ${url.origin}`,
        ...(cause === null ? {} : { cause }),
      });
    }
  };
};
