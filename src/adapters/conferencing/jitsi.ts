import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { createHmac } from 'node:crypto';
import type { Conferencing, ConferencingFailure, ConferenceRoom } from '../../application/ports/conferencing.ts';
import { encodeCrockford128 } from '../identity/ids.ts';
import { abandonable, limited } from '../clock/time-limit.ts';

/** `baseUrl`: of a Jitsi Meet server, with its path if it has one. `roomKey`: a secret of this installation, 32 bytes. */
type JitsiConfig = { readonly baseUrl: string; readonly roomKey: Uint8Array };

/** 128 bits in lower case: Jitsi does not tell capitals apart in room names, and whoever knows the name can enter. */
const roomNameOf = (requestId: string, key: Uint8Array): string =>
  encodeCrockford128(createHmac('sha256', key).update(requestId).digest());

const baseOf = (baseUrl: string): URL | null => {
  const base = URL.parse(baseUrl);
  const usable = base !== null && /^https?:$/.test(base.protocol) && base.username === '' && base.password === '';
  return usable ? new URL(base.pathname.replace(/\/*$/, '/'), base.origin) : null;
};

/**
 * Jitsi rooms exist as soon as somebody enters them, so a room is a link and no call is made:
 * https://jitsi.github.io/handbook/docs/user-guide/user-guide-start-a-jitsi-meeting.
 * The name comes from the request id and our key: the same request has the same room, and nobody else can guess it.
 */
export const makeJitsi = ({ baseUrl, roomKey }: JitsiConfig): Conferencing => {
  const base = baseOf(baseUrl);
  return {
    provider: 'jitsi',
    createRoom: ({ requestId }) => {
      if (base === null) return TE.left({ message: 'Jitsi: the base URL in the configuration is no web address' });
      const roomId = roomNameOf(requestId, roomKey);
      return TE.right({ roomId, url: new URL(roomId, base).href });
    },
  };
};

/**
 * A provider that can hold nobody up: its answer is waited for `timeLimitMs` at most and only while the caller's signal
 * stands, whether or not the provider heeds signals itself.
 */
export const timeLimited = (conferencing: Conferencing, timeLimitMs: number): Conferencing => ({
  provider: conferencing.provider,
  createRoom: (request, signal) => async (): Promise<E.Either<ConferencingFailure, ConferenceRoom>> => {
    const limit = limited(signal, timeLimitMs);
    try {
      return await abandonable(conferencing.createRoom(request, limit)(), limit);
    } catch {
      const why = limit.aborted ? ` within ${timeLimitMs} ms, or called off` : '';
      return E.left({ message: `${conferencing.provider}: no answer${why}` });
    }
  },
});
