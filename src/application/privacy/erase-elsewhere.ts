import * as E from 'fp-ts/lib/Either.js';
import { bookingUidOf } from '../commands/aggregate.ts';
import type { ConsumerGroup } from '../ports/consumer-groups.ts';
import type { SubjectKeys } from '../ports/subject-keys.ts';
import { eraseCopies, type ForgetDeps, leaveNothing } from './erase-person.ts';

type ElsewhereDeps = ForgetDeps & { readonly keys: Pick<SubjectKeys, 'doubt'> };

/** Milliseconds between two tries, and how many: two days. Then it is parked, and an operator is to look. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 3_600_000;
const MOST_ATTEMPTS = 60;

/**
 * What a node does about people whom any node on its log has forgotten: it believes no key of theirs that it knows, and
 * erases what it has itself, in mails, built-in calendars, memory and files. Each node does, also what came while it was
 * down.
 */
export const elsewhereConsumer = (deps: ElsewhereDeps): ConsumerGroup => ({
  // A stored name: positions are kept under it.
  name: 'erased-people',
  accepts: ({ type }) => type === 'PersonalDataErased',
  startAt: 'now',
  keyOf: () => 'erased',
  maxInFlight: 1,
  maxAttempts: MOST_ATTEMPTS,
  backoffMs: (attempt) => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)),
  handle: async ({ event: { stream, data } }) => {
    const uid = bookingUidOf(stream);
    if (uid === null || typeof data.subject !== 'string') return { type: 'park', reason: 'it cannot be understood' };
    deps.keys.doubt(data.subject);
    deps.buses.bookingCache.forget(stream);
    const copies = await eraseCopies(deps, [{ uid }]);
    if (E.isLeft(copies)) return { type: 'retry', reason: copies.left.type };
    // What was loaded just now has states of before.
    deps.buses.bookingCache.forget(stream);
    const left = await leaveNothing(deps);
    return E.isLeft(left) ? { type: 'retry', reason: left.left.type } : { type: 'ack' };
  },
});
