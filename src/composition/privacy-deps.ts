import * as E from 'fp-ts/lib/Either.js';
import { oneByOne } from '../adapters/privacy/key-files.ts';
import { cancelBooking } from '../application/commands/change-booking.ts';
import type { CommandContext } from '../application/commands/record.ts';
import type { Clock, Identity } from '../application/ports/clock-and-ids.ts';
import type { Mailer } from '../application/ports/delivery.ts';
import type { OwnStreams } from '../application/ports/event-store.ts';
import type { BookingList, NotificationList } from '../application/ports/read-models.ts';
import { elsewhereConsumer } from '../application/privacy/erase-elsewhere.ts';
import { exportPerson } from '../application/privacy/export-person.ts';
import { claimRounds } from '../application/privacy/claim-rounds.ts';
import { forgetByAge } from '../application/privacy/forget-by-age.ts';
import { forgetPerson } from '../application/privacy/forget-person.ts';
import { EVERY_MS, startRetention } from '../application/privacy/start-retention.ts';
import type { Engine } from './engine.ts';
import type { Log } from './log.ts';
import type { Storage } from './open-storage.ts';

/** A file that keeps nothing of what was written over. False while somebody reads it: to be tried again. */
export type Purgeable = { readonly purge: () => boolean };

type Parts = {
  readonly storage: Pick<Storage, 'sealedStore' | 'subjectKeys' | 'gate' | 'local' | 'file' | 'eventStoreDb' | 'node'>;
  readonly ownStreams: OwnStreams;
  readonly engine: Pick<Engine, 'buses' | 'groups'>;
  readonly readModel: BookingList & NotificationList & Purgeable;
  readonly mailer: Pick<Mailer, 'remove'>;
  readonly clock: Clock;
  readonly identity: Identity;
};

/** Exports and forgets people; null where personal data is not sealed on this log. */
const privacyOf = ({ storage, engine, readModel, mailer, clock, identity }: Omit<Parts, 'ownStreams'>) => {
  const { sealedStore: stored, subjectKeys: keys } = storage;
  if (keys === null) return null;
  const { buses } = engine;
  const cancellation = { by: 'guest', reason: null, cancellable: true, hostMustGiveReason: false } as const;
  const cancel = cancelBooking({ buses, clock, identity })(cancellation);
  const deps = {
    stored,
    keys,
    gate: storage.gate,
    buses,
    clock,
    identity,
    readModel,
    cancel: (uid: string, context: CommandContext) => cancel(uid, context)(),
    copies: {
      removeMails: async (messageIds: ReadonlyArray<string>) => (await mailer.remove?.(messageIds)) ?? 0,
      eraseInCalendars: storage.local.erasePeople,
      purge: async () => {
        const [file, model] = [await storage.file.purge(), readModel.purge()];
        return file && model;
      },
    },
  };
  const forget = forgetPerson(deps);
  // Two forgettings of one person would wait for each other's mails.
  const inTurn = oneByOne();
  return {
    exportPerson: exportPerson({ stored, keys, buses }),
    forgetPerson: (...asked: Parameters<typeof forget>) => inTurn(() => forget(...asked)),
    elsewhere: elsewhereConsumer(deps),
    forgetByAge: forgetByAge({ ...deps, inTurn }),
    rotateKey: () => inTurn(keys.rotate),
  };
};

type Retention = { readonly days: () => number | null; readonly log: Pick<Log, 'info' | 'report'> };

/** What is asked for over HTTP, and what is done by itself. `days`: as the configuration says now. */
export const openPrivacy = ({ days, log, ...parts }: Parts & Retention) => {
  const privacy = privacyOf(parts);
  const forget = privacy?.forgetByAge ?? null;
  const { storage, ownStreams: streams, clock, identity } = parts;
  const { name: node } = storage.node;
  // A process that has the log alone does every round.
  const claim =
    storage.eventStoreDb === null
      ? async () => E.right(0)
      : claimRounds({ streams, node, clock, identity, everyMs: EVERY_MS });
  const retention = startRetention({ forget, claim, days, clock, info: log.info, report: log.report });
  // What a process that has the log alone forgets, it has erased itself.
  const isShared = storage.eventStoreDb !== null && privacy !== null;
  const consumers = isShared ? [parts.engine.groups.start(privacy.elsewhere)] : [];
  const stop = async (): Promise<void> => {
    await Promise.all([retention.stop(), ...consumers.map((consumer) => consumer.stop())]);
  };
  return { privacy, stop };
};
