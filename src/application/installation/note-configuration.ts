import * as E from 'fp-ts/lib/Either.js';
import type { Host } from '../../domain/bookable/host.ts';
import { rulesOf } from '../../domain/rules/decision-facts.ts';
import type { BookingBuses } from '../commands/booking-buses.ts';
import type { CommandContext } from '../commands/record.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { Report } from '../saga/effect-context.ts';

type NoteDeps = {
  readonly buses: Pick<BookingBuses, 'rules'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newCommandId' | 'sha256'>;
  readonly report: Report;
};

/** Streams that are looked at at the same time, so that a thousand hosts do not stand before a request. */
const AT_ONCE = 16;

const bySystem = (identity: NoteDeps['identity'], correlationId: string): CommandContext => ({
  commandId: identity.newCommandId(),
  actor: { kind: 'system' },
  correlationId,
  causationId: null,
});

/**
 * Writes the rules of each host into their own stream where they are others than before: at the start and at a reload. What
 * cannot be written is reported and written at the next one; decisions name their rules by digest all the same.
 */
export const noteRules =
  ({ buses, clock, identity, report }: NoteDeps) =>
  async (hosts: ReadonlyArray<Host>): Promise<void> => {
    const waiting = [...hosts];
    const noteOne = async (host: Host): Promise<void> => {
      const note = { type: 'NoteRules', now: clock.now(), ...rulesOf(identity.sha256, host) } as const;
      const noted = await buses.rules.execute(host.id, note, bySystem(identity, host.id))();
      if (E.isLeft(noted)) report({ where: `rules of host ${host.id}`, reason: `not recorded: ${noted.left.type}` });
    };
    const work = async (): Promise<void> => {
      for (let host = waiting.shift(); host !== undefined; host = waiting.shift()) await noteOne(host);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  };
