import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { toInstant } from '../../../domain/time/interval.ts';
import { type MessageRef, messageRef, refOf } from './waiting-events.ts';

/** What a node says of a message that it parks, behind the reason that people read. `parkedAt`: a UTC instant. */
const parkedNote = t.intersection([messageRef, t.readonly(t.type({ type: t.string, parkedAt: t.string }))]);
export type ParkedNote = t.TypeOf<typeof parkedNote>;

/** Letters of a reason that are kept. */
export const LONGEST_REASON = 2000;

/** How the server begins the reasons that it was given. Server `PersistentSubscription.NotAcknowledgeMessagesProcessed`. */
const SERVER_SAYS = /^Client explicitly NAK'ed message\.\r?\n?/;

const cut = (reason: string): string => reason.slice(0, LONGEST_REASON);

/** The reason given to the server: what people read, and in the last line all that is needed to go on. `now`: epoch milliseconds. */
export const noteText = (message: MessageRef, type: string, reason: string, now: number): string => {
  const note: ParkedNote = { ...refOf({ ...message, reason: cut(reason) }), type, parkedAt: toInstant(Math.ceil(now)) };
  return `${cut(reason)}\n${JSON.stringify(note)}`;
};

export type ReadNote = { readonly reason: string; readonly note: ParkedNote | null };

/** What was said when a message was parked; no note where the server did it by itself. */
export const readNote = (text: string): ReadNote => {
  const said = text.replace(SERVER_SAYS, '');
  const at = said.lastIndexOf('\n{');
  if (at < 0) return { reason: said, note: null };
  const parsed = E.tryCatch(
    (): unknown => JSON.parse(said.slice(at + 1)),
    () => null,
  );
  const note = E.isRight(parsed) ? parkedNote.decode(parsed.right) : parsed;
  return E.isRight(note) ? { reason: note.right.reason, note: note.right } : { reason: said, note: null };
};
