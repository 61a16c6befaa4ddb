import { expect, it } from 'vitest';
import { makeConsumerGroups } from '../../../src/application/consumers/consumer-groups.ts';
import { makeMemoryConsumerState } from '../../support/memory-consumer-state.ts';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { event, right } from '../../contract/event-store/harness.ts';
import { makeTestClock } from '../../support/clock.ts';

it('a fault of the group itself is told, holds up no other message, and the message comes again', async () => {
  const store = makeMemoryEventStore();
  const clock = makeTestClock();
  const problems: Array<string> = [];
  const handled: Array<string> = [];
  let faults = 1;
  const groups = makeConsumerGroups({
    store,
    state: makeMemoryConsumerState(),
    clock,
    random: () => 0,
    onProblem: ({ message }) => problems.push(message),
  });
  for (const stream of ['booking-1', 'booking-2'])
    await right(store.append({ stream, expected: 'no-stream', events: [event()] }));
  const consumer = groups.start({
    name: 'faulty',
    accepts: () => true,
    startAt: 'beginning',
    keyOf: ({ stream }) => stream,
    maxInFlight: 1,
    maxAttempts: 5,
    backoffMs: () => {
      throw new Error('a fault in the backoff');
    },
    handle: async ({ event: { stream } }) => {
      handled.push(stream);
      faults -= 1;
      return faults === 0 ? { type: 'retry', reason: 'once' } : { type: 'ack' };
    },
  });
  await expect.poll(() => handled).toEqual(['booking-1', 'booking-2']);
  expect(problems).toEqual([expect.stringContaining('a fault in the backoff')]);
  clock.advance(1_000);
  await expect.poll(() => handled).toEqual(['booking-1', 'booking-2', 'booking-1']);
  await consumer.idle();
  await consumer.stop();
});
