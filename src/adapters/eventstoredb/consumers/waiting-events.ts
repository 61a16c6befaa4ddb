import { randomUUID } from 'node:crypto';
import * as t from 'io-ts';
import { toInstant } from '../../../domain/time/interval.ts';
import type { OwnEvent } from '../own-streams.ts';

/** A message by where its event lies; `attempts` counted so far, `reason`: what the last one said. */
export const messageRef = t.readonly(
  t.type({
    position: t.number,
    stream: t.string,
    revision: t.number,
    key: t.string,
    attempts: t.number,
    reason: t.string,
  }),
);
export type MessageRef = t.TypeOf<typeof messageRef>;

/** `dueAt`: a UTC instant. Replaces what was put off before of the same position. */
export const messagePutOff = t.intersection([messageRef, t.readonly(t.type({ dueAt: t.string }))]);
/** `link`: id of the parked link that was put back by itself. */
export const parkedMessageTaken = t.readonly(t.type({ link: t.string }));

export const PUT_OFF = 'MessagePutOff';
export const DUE = 'MessageDue';
export const TAKEN = 'ParkedMessageTaken';

/** The ref alone, whatever else the value holds. */
export const refOf = ({ position, stream, revision, key, attempts, reason }: MessageRef): MessageRef => ({
  position,
  stream,
  revision,
  key,
  attempts,
  reason,
});

const event = (type: string, data: Record<string, unknown>): OwnEvent => ({ id: randomUUID(), type, data });

/** `dueAt` in epoch milliseconds. */
export const putOffEvent = (message: MessageRef, dueAt: number): OwnEvent =>
  event(PUT_OFF, { ...refOf(message), dueAt: toInstant(Math.ceil(dueAt)) });
export const dueEvent = (message: MessageRef): OwnEvent => event(DUE, { ...refOf(message) });
export const takenEvent = (link: string): OwnEvent => event(TAKEN, { link });
