import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

export type ConferenceRoom = { readonly roomId: string; readonly url: string };
export type ConferencingFailure = { readonly message: string };

/** A video room provider. A room is not a calendar: it never makes a booking ACCEPTED and never blocks one. */
export type Conferencing = {
  readonly provider: string;
  /** Repeatable by `requestId`: the same request answers with the same room. */
  readonly createRoom: (
    request: { readonly requestId: string; readonly title: string },
    signal: AbortSignal,
  ) => TaskEither<ConferencingFailure, ConferenceRoom>;
};
