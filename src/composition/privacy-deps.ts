import { cancelBooking } from '../application/commands/change-booking.ts';
import type { Clock, Identity } from '../application/ports/clock-and-ids.ts';
import type { Mailer } from '../application/ports/delivery.ts';
import type { BookingList, NotificationList } from '../application/ports/read-models.ts';
import { exportPerson } from '../application/privacy/export-person.ts';
import { forgetPerson } from '../application/privacy/forget-person.ts';
import type { HttpDeps } from '../http/http-deps.ts';
import type { Engine } from './engine.ts';
import type { Storage } from './open-storage.ts';

/** A file that keeps nothing of what was written over. */
export type Purgeable = { readonly purge: () => void };

type Parts = {
  readonly storage: Pick<Storage, 'sealedStore' | 'subjectKeys' | 'local' | 'file'>;
  readonly engine: Pick<Engine, 'buses'>;
  readonly readModel: BookingList & NotificationList & Purgeable;
  readonly mailer: Pick<Mailer, 'remove'>;
  readonly clock: Clock;
  readonly identity: Identity;
};

/** What is done once at a time: two forgettings of one person would wait for each other's mails. */
const oneByOne = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <A>(work: () => Promise<A>): Promise<A> => {
    const done = last.then(work, work);
    last = done;
    return done;
  };
};

/** Exports and forgets people; null where personal data is not sealed on this log. */
export const privacyOf = ({ storage, engine, readModel, mailer, clock, identity }: Parts): HttpDeps['privacy'] => {
  const { sealedStore: stored, subjectKeys: keys } = storage;
  if (keys === null) return null;
  const { buses } = engine;
  const cancellation = { by: 'guest', reason: null, cancellable: true, hostMustGiveReason: false } as const;
  const cancel = cancelBooking({ buses, clock, identity })(cancellation);
  const forget = forgetPerson({
    stored,
    keys,
    buses,
    clock,
    identity,
    readModel,
    cancel: (uid, context) => cancel(uid, context)(),
    copies: {
      removeMails: async (messageIds) => (await mailer.remove?.(messageIds)) ?? 0,
      eraseInCalendars: storage.local.erasePeople,
      purge: async () => {
        await storage.file.purge();
        readModel.purge();
      },
    },
  });
  const inTurn = oneByOne();
  return {
    exportPerson: exportPerson({ stored, keys, buses }),
    forgetPerson: (email, how) => inTurn(() => forget(email, how)),
    rotateKey: () => inTurn(keys.rotate),
  };
};
