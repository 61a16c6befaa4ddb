import * as fc from 'fast-check';
import type { RescheduleRequest } from '../../../src/application/commands/reschedule-request.ts';
import { epochMs } from '../../../src/testing/index.ts';
import { contextOf } from '../../application/process.helper.ts';
import { acknowledged, at, late, slots, Step, type Story } from './step.ts';
import { eventTypes, hosts, quiet } from './world.ts';

/** Asks for another time, as often as `moves` says, at the same moment. */
const moveAll = async (story: Story, moves: ReadonlyArray<RescheduleRequest>): Promise<void> => {
  const { world } = story;
  const told = moves.map((asked) => {
    const context = contextOf(`reschedule/${asked.rescheduleId}`);
    return acknowledged(story, asked.uid, world.program.reschedule(asked, context, new AbortController().signal)());
  });
  await quiet(world);
  for (const one of told) await one.outcome();
};

export const move = fc
  .record({
    pick: fc.nat(20),
    slots: fc.array(fc.nat(3), { minLength: 1, maxLength: 2 }),
    by: fc.constantFrom('guest' as const, 'guest' as const, 'host' as const),
    hasSeen: fc.boolean(),
    late,
  })
  .map(({ pick, slots: wanted, by, hasSeen, late: hints }) => {
    const to = wanted.map((slot) => at(slots, slot) ?? '13:00');
    return new Step(`the ${by} moves booking ${pick} to ${to.join(', at once to ')}`, hints, async (story) => {
      const [uid, known] = at([...story.seen.bookings], pick) ?? [];
      if (uid === undefined || known === undefined || known.state.phase === 'none') return;
      const { request, sequence } = known.state;
      const host = hosts.find(({ id }) => id === request.hostId);
      const eventType = eventTypes.find(({ id }) => id === request.eventTypeId);
      if (host === undefined || eventType === undefined) return;
      const moves = to.map((start, index): RescheduleRequest => ({
        uid,
        rescheduleId: `m${story.moves.length + index + 1}`,
        host,
        eventType,
        start: epochMs(start),
        by,
        reason: null,
        ...(hasSeen ? { expected: { sequence } } : {}),
      }));
      story.moves.push(...moves);
      await moveAll(story, moves);
    });
  });

export const moveAgain = fc.record({ pick: fc.nat(20), late }).map(
  ({ pick, late: hints }) =>
    new Step(`the same move again (${pick})`, hints, async (story) => {
      const asked = at(story.moves, pick);
      if (asked !== undefined) await moveAll(story, [asked]);
    }),
);
