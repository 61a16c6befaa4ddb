import * as E from 'fp-ts/lib/Either.js';
import type { Host } from '../../domain/bookable/host.ts';
import { rulesOf } from '../../domain/rules/decision-facts.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { CommandContext } from '../commands/record.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { Report } from '../saga/effect-context.ts';

type NoteDeps = {
  readonly buses: Pick<BookingBuses, 'rules'>;
  readonly clock: Pick<Clock, 'now' | 'at'>;
  readonly identity: Pick<Identity, 'newCommandId' | 'sha256'>;
  readonly report: Report;
  /** Aborted when the program stops. */
  readonly signal: AbortSignal;
};

/** Streams that are looked at at the same time, so that a thousand hosts do not stand before a request. */
const AT_ONCE = 16;

const bySystem = (identity: NoteDeps['identity'], correlationId: string): CommandContext => ({
  commandId: identity.newCommandId(),
  actor: { kind: 'system' },
  correlationId,
  causationId: null,
});

/** Milliseconds until what could not be written is tried again. */
const AGAIN_MS = 10_000;

/**
 * Writes the rules of each host into their own stream where they are others than before: at the start and at a reload. What
 * cannot be written then is reported, and tried until it is: decisions name their rules by digest meanwhile, and an audit looks
 * for them. Resolves after the first try.
 */
export const noteRules = ({ buses, clock, identity, report, signal }: NoteDeps) => {
  /** By host: rules that were in force and are not in the log, oldest first. */
  const unwritten = new Map<string, ReadonlyArray<Host>>();
  let cancel: (() => void) | null = null;

  const isNoted = async (host: Host): Promise<boolean> => {
    const note = { type: 'NoteRules', now: clock.now(), ...rulesOf(identity.sha256, host) } as const;
    const noted = await buses.rules.execute(host.id, note, bySystem(identity, host.id))();
    if (E.isLeft(noted)) report({ where: `rules of host ${host.id}`, reason: `not recorded yet: ${noted.left.type}` });
    return E.isRight(noted);
  };
  const noteHost = async (hostId: string): Promise<void> => {
    for (let next = unwritten.get(hostId)?.[0]; next !== undefined; next = unwritten.get(hostId)?.[0]) {
      if (!(await isNoted(next))) return;
      const left = (unwritten.get(hostId) ?? []).filter((one) => one !== next);
      if (left.length > 0) unwritten.set(hostId, left);
      else unwritten.delete(hostId);
    }
  };
  const noteAll = async (hostIds: ReadonlyArray<string>): Promise<void> => {
    const waiting = [...hostIds];
    const work = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await noteHost(id);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    if (unwritten.size === 0 || cancel !== null || signal.aborted) return;
    cancel = clock.at(clock.now() + AGAIN_MS, () => {
      cancel = null;
      noteAll([...unwritten.keys()]).catch((fault: unknown) => report({ where: 'rules', reason: String(fault) }));
    });
  };
  signal.addEventListener('abort', () => cancel?.(), { once: true });

  return async (hosts: ReadonlyArray<Host>): Promise<void> => {
    for (const host of hosts) unwritten.set(host.id, [...(unwritten.get(host.id) ?? []), host]);
    await noteAll(hosts.map(({ id }) => id));
  };
};
