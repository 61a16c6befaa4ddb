import * as E from 'fp-ts/lib/Either.js';
import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import { deterministicId } from '../../src/adapters/identity/ids.ts';
import { record } from '../../src/application/commands/record.ts';
import type { SubjectKeys } from '../../src/application/ports/subject-keys.ts';
import { makeSealing } from '../../src/application/privacy/sealing.ts';
import { mailboxKey } from '../../src/domain/mail/mail-address.ts';
import type { Append, EventStore } from '../../src/application/ports/event-store.ts';
import type { Chapter } from './booking-life.ts';
import { lifeOf } from './booking-life.ts';

/** Appends in one transaction. */
const BATCH = 400;

export type MadeLog = { readonly events: number; readonly bookings: number };

type Head = { readonly revision: number; readonly hash: string };

const recordChapter = record({ eventId: deterministicId, sha256: sha256Hex });

/**
 * Writes a log as a busy server would, so that an audit finds nothing: requests, calendar writes, acceptances, notifications, late
 * cancellations, each booking's events among those of its neighbours, hash chains and all. At least `events` events. `keys`: personal
 * data is sealed with them, each guest's with a key of their own; without them it lies there in the clear.
 */
export const makeLog = async (
  store: Pick<EventStore, 'appendInOrder'>,
  events: number,
  keys: SubjectKeys | null = null,
): Promise<MadeLog> => {
  const sealing = keys === null ? undefined : makeSealing(keys).seal;
  /** By stream: whose data it is, from its request on. */
  const subjects = new Map<string, string>();
  const heads = new Map<string, Head>();
  /** By stream: id of the last decision, which what is said afterwards tells of. */
  const decisions = new Map<string, string>();
  const due = new Map<number, Array<Chapter>>();
  let waiting: Array<Append> = [];
  let written = 0;

  const flush = async (): Promise<void> => {
    await keys?.saved();
    const batch = waiting;
    waiting = [];
    const appended = await store.appendInOrder(batch)();
    if (E.isLeft(appended)) throw new Error(`the log cannot be written: ${JSON.stringify(appended.left)}`);
  };

  const add = async ({ stream, events: happened }: Chapter): Promise<void> => {
    const head = heads.get(stream);
    const context = {
      commandId: `${stream}@${head?.revision ?? -1}`,
      actor: { kind: 'system' },
      correlationId: stream,
      causationId: null,
    } as const;
    const told = happened.map((event, index) => {
      if (event.type === 'BookingAccepted' || event.type === 'BookingCancelled')
        decisions.set(stream, deterministicId(context.commandId, index));
      const causedBy = decisions.get(stream) ?? '';
      return event.type === 'NotificationSent' ? { ...event, data: { ...event.data, causedBy } } : event;
    });
    for (const event of happened)
      if (event.type === 'BookingRequested' && keys !== null)
        subjects.set(stream, keys.subjectOf(mailboxKey(event.data.personal.attendee.email)));
    const recorded = recordChapter(told, context, head?.hash ?? '', [], sealing, subjects.get(stream));
    const revision = (head?.revision ?? -1) + recorded.length;
    heads.set(stream, { revision, hash: recorded.at(-1)?.hash ?? '' });
    waiting.push({ stream, expected: head?.revision ?? 'no-stream', events: recorded });
    written += recorded.length;
    if (waiting.length >= BATCH) await flush();
  };

  let bookings = 0;
  for (; written < events; bookings += 1) {
    for (const { after, chapters } of lifeOf(bookings)) {
      const now = due.get(bookings + after) ?? [];
      now.push(...chapters);
      due.set(bookings + after, now);
    }
    for (const chapter of due.get(bookings) ?? []) await add(chapter);
    due.delete(bookings);
  }
  await flush();
  return { events: written, bookings };
};
