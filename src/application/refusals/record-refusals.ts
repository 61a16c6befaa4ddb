import * as E from 'fp-ts/lib/Either.js';
import type { RefusalReason, ReasonOfRefusal } from '../../domain/refusals/refusal.ts';
import { toInstant } from '../../domain/time/time.ts';
import { messageOf } from '../../domain/unknown.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { InternalEvent, OwnStreams } from '../ports/event-store.ts';
import type { Report } from '../saga/effect-context.ts';
import { appendRefusals, noteHost, trimRefusals } from './refusal-streams.ts';

/** `listedPerHour`: refusals of one host; what comes beyond is counted. `keptDays`: older ones are forgotten. */
export type RefusalLimits = { readonly listedPerHour: number; readonly keptDays: number };
export const REFUSAL_LIMITS: RefusalLimits = { listedPerHour: 60, keptDays: 30 };
/** Refusals that wait to be written, of all hosts together; one more is counted. */
const MOST_WAITING = 1_000;
/** Milliseconds between two writes. */
const WRITE_EVERY_MS = 1_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** `start`: epoch ms; null, as others: nobody knows. `email` goes no further than a keyed hash of it. */
export type RefusedAsk = ReasonOfRefusal & {
  readonly hostId: string;
  readonly asked: 'booking' | 'move';
  readonly bookingUid: string | null;
  readonly eventTypeId: number | null;
  readonly start: number | null;
  readonly lengthInMinutes: number | null;
  readonly email: string | null;
};

type Counts = { listed: number; count: number; readonly reasons: Map<RefusalReason, number> };
type HostQueue = { readonly waiting: InternalEvent[]; hour: number; counts: Counts; isKnown: boolean };

type Deps = {
  readonly streams: OwnStreams;
  readonly clock: Pick<Clock, 'now' | 'at'>;
  readonly identity: Pick<Identity, 'newCommandId' | 'eventId'>;
  /** Keyed hash of a mail address. */
  readonly hashOf: (email: string) => string;
  readonly report: Report;
  readonly limits: RefusalLimits;
};

/** `note` costs nothing that a request could wait for. `stop` writes what waits. */
export type Refusals = {
  readonly note: (refused: RefusedAsk) => void;
  readonly idle: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const noCounts = (): Counts => ({ listed: 0, count: 0, reasons: new Map() });

/**
 * Writes down who was refused which time, and why, beside the log and after the answer. A storm cannot fill the disk: so
 * many an hour are listed of a host, the rest is one event with counts, and what is old is forgotten. What waits, and the
 * counts of the hour, are lost when the process is killed.
 */
export const makeRefusals = (deps: Deps): Refusals => {
  const { streams, clock, identity, report, limits } = deps;
  const hosts = new Map<string, HostQueue>();
  let [waiting, isStopped, isTroubled]: [number, boolean, boolean] = [0, false, false];
  let cancel: (() => void) | null = null;
  let busy: Promise<void> | null = null;
  let cancelTrim = (): void => undefined;
  const newId = (): string => identity.eventId(identity.newCommandId(), 0);

  const trouble = (reason: string): void => {
    if (!isTroubled) report({ where: 'refusals', reason: `they cannot be written down: ${reason}` });
    isTroubled = true;
  };

  /** What was too much to be listed in an hour that is over becomes one event. */
  const closeHour = (queue: HostQueue, hour: number): void => {
    const { count, reasons } = queue.counts;
    if (queue.hour === hour) return;
    if (count > 0) {
      const [from, at] = [
        toInstant(queue.hour * HOUR_MS),
        toInstant(Math.min(clock.now(), (queue.hour + 1) * HOUR_MS)),
      ];
      const data = { from, at, count, reasons: Object.fromEntries(reasons) };
      queue.waiting.push({ id: newId(), type: 'RefusalsCounted', data });
      waiting += 1;
    }
    [queue.hour, queue.counts] = [hour, noCounts()];
  };

  const write = async (hostId: string, queue: HostQueue): Promise<void> => {
    if (!queue.isKnown) {
      const noted = await noteHost(streams, hostId, newId());
      if (E.isLeft(noted)) return trouble(noted.left.type);
      queue.isKnown = true;
    }
    const events = [...queue.waiting];
    const appended = await appendRefusals(streams, hostId, events);
    if (E.isLeft(appended)) return trouble(appended.left.type);
    isTroubled = false;
    queue.waiting.splice(0, events.length);
    waiting -= events.length;
  };

  const writeAll = async (hour: number): Promise<void> => {
    for (const [hostId, queue] of hosts) {
      closeHour(queue, hour);
      if (queue.waiting.length > 0) await write(hostId, queue);
    }
  };

  const writeNow = (hour: number): Promise<void> => {
    const before = busy ?? Promise.resolve();
    const mine = before.then(() => writeAll(hour)).catch((fault: unknown) => trouble(messageOf(fault)));
    busy = mine;
    return mine.finally(() => {
      if (busy === mine) busy = null;
    });
  };

  /** Once for all that comes meanwhile: soon where something waits, at the end of the hour where something was counted. */
  const writeLater = (): void => {
    if (isStopped || cancel !== null) return;
    const isCounted = [...hosts.values()].some(({ counts }) => counts.count > 0);
    if (waiting === 0 && !isCounted) return;
    const hour = Math.floor(clock.now() / HOUR_MS);
    cancel = clock.at(waiting > 0 ? clock.now() + WRITE_EVERY_MS : (hour + 1) * HOUR_MS, () => {
      const goOn = (): void => {
        cancel = null;
        writeLater();
      };
      writeNow(Math.floor(clock.now() / HOUR_MS)).then(goOn, goOn);
    });
  };

  let trimming: Promise<void> = Promise.resolve();
  const trim = (): void => {
    const now = clock.now();
    trimming = trimRefusals(streams, { before: now - limits.keptDays * DAY_MS, now, newId })
      .then((done) => {
        if (E.isLeft(done)) report({ where: 'refusals', reason: `old ones stay for now: ${done.left.type}` });
      })
      .catch((fault: unknown) => report({ where: 'refusals', reason: `old ones stay: ${messageOf(fault)}` }));
    if (!isStopped) cancelTrim = clock.at(now + DAY_MS, trim);
  };
  trim();

  const note: Refusals['note'] = ({ hostId, start, email, ...refused }) => {
    const now = clock.now();
    const hour = Math.floor(now / HOUR_MS);
    const queue = hosts.get(hostId) ?? { waiting: [], hour, counts: noCounts(), isKnown: false };
    hosts.set(hostId, queue);
    closeHour(queue, hour);
    const { counts } = queue;
    if (counts.listed >= limits.listedPerHour || waiting >= MOST_WAITING) {
      counts.count += 1;
      counts.reasons.set(refused.reason, (counts.reasons.get(refused.reason) ?? 0) + 1);
    } else {
      counts.listed += 1;
      waiting += 1;
      const attendee = email === null ? null : deps.hashOf(email);
      const data = { at: toInstant(now), ...refused, start: start === null ? null : toInstant(start), attendee };
      queue.waiting.push({ id: newId(), type: 'BookingRefused', data });
    }
    writeLater();
  };

  return {
    note,
    idle: async () => {
      if (waiting > 0 || busy !== null) await writeNow(Math.floor(clock.now() / HOUR_MS));
    },
    stop: async () => {
      isStopped = true;
      cancel?.();
      cancelTrim();
      // No hour is this one: what was counted so far is written too.
      await Promise.all([writeNow(-1), trimming]);
    },
  };
};
