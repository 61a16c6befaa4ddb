import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Mail } from '../../../src/application/ports/delivery.ts';
import type { EventStore, StoreError } from '../../../src/application/ports/event-store.ts';
import type { BookingBuses } from '../../../src/application/commands/booking-buses.ts';
import type { RecordedEvent } from '../../../src/domain/log/envelope.ts';
import type { TestClock } from '../../support/clock.ts';
import type { CalendarModel, PendingCall } from './calendar-model.ts';

/** What becomes of the program's way to the log: as it is, or with a fault that the checks have to find. */
export type Planted = (buses: BookingBuses) => BookingBuses;

/** What becomes of the next append. `lost`: written, and no answer came. `refused`: not written. */
export type StoreFault = 'lost' | 'refused';

/** A message that is to be told of, until it is acknowledged or parked; kept with the position, so that a kill loses none. */
export type Untold = { readonly event: RecordedEvent; readonly attempt: number };

/** What outlives the program: the log, the calendars, mailboxes, the clock on the wall, and consumers' positions. */
export type Surroundings = {
  readonly store: EventStore;
  readonly clock: TestClock;
  readonly calendars: ReadonlyMap<string, CalendarModel>;
  readonly pending: PendingCall[];
  /** Mails that arrived, copies too. */
  readonly mails: Mail[];
  /** Message-IDs that the log says were sent, and those that went out once more after that. */
  readonly recordedAsSent: Set<string>;
  readonly sentAgain: string[];
  /** What the mail server says next; it takes everything once this is empty. */
  readonly mailPlan: Array<'try-later' | 'refused' | 'lost'>;
  readonly storeFaults: StoreFault[];
  readonly planted: Planted;
  readonly untold: Map<string, Untold[]>;
  /** What was thrown inside. */
  readonly rejections: string[];
  told: number;
  /** Operations on the log so far, to know when nothing goes on. */
  operations: number;
  /** Told of each operation on the log, before and after it is done: the moment to die at. */
  atOperation: (count: number) => void;
};

/** One run of the program. */
type Run = { readonly alive: boolean };

const never = <A>(): Promise<A> => new Promise<A>(() => undefined);

/** The log as one run of the program sees it: faults as planned, and nothing any more once it is dead. */
export const seenBy = (world: Surroundings, program: () => Run): EventStore => {
  const through =
    <A>(isAppend: boolean, operation: TaskEither<StoreError, A>): TaskEither<StoreError, A> =>
    async () => {
      world.operations += 1;
      world.atOperation(world.operations);
      if (!program().alive) return never();
      const fault = isAppend ? world.storeFaults.shift() : undefined;
      if (fault === 'refused') return E.left({ type: 'Unavailable', reason: 'planned' });
      const result = await operation();
      world.operations += 1;
      world.atOperation(world.operations);
      if (!program().alive) return never();
      return fault === 'lost' && E.isRight(result) ? E.left({ type: 'OutcomeUnknown', reason: 'planned' }) : result;
    };
  const { store } = world;
  return {
    ...store,
    append: (append) =>
      through(true, async () => {
        const appended = await store.append(append)();
        const sent = append.events.flatMap(({ data: { messageId } }) =>
          typeof messageId === 'string' ? [messageId] : [],
        );
        if (E.isRight(appended)) for (const id of sent) world.recordedAsSent.add(id);
        return appended;
      }),
    appendInOrder: (appends) => through(true, store.appendInOrder(appends)),
    readStream: (...where) => through(false, store.readStream(...where)),
    readAll: (...where) => through(false, store.readAll(...where)),
  };
};

export const mailerOf = (world: Surroundings, program: () => Run) => ({
  send: (mail: Mail) => async () => {
    world.operations += 1;
    if (!program().alive) return never<never>();
    if (world.recordedAsSent.has(mail.messageId)) world.sentAgain.push(mail.messageId);
    const fate = world.mailPlan.shift();
    if (fate === undefined || fate === 'lost') world.mails.push(mail);
    if (fate === undefined) return E.right(undefined);
    return E.left({ type: fate === 'refused' ? ('refused' as const) : ('try-later' as const), message: 'planned' });
  },
});
