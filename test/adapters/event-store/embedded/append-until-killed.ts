/**
 * Appends to the data file named on the command line, 8 at a time, and prints each acknowledged append as one line:
 * position, stream, id of its last event. Every third one writes to two streams in order.
 */
import { writeSync } from 'node:fs';
import { event, right } from '../../../contract/event-store/harness.ts';
import { mustOpen } from '../../../support/data-file.ts';
import { mustMakeStore } from '../../../support/event-store.ts';

const [, , path = '', round = '0'] = process.argv;
const store = mustMakeStore(mustOpen(path));

const acknowledge = (position: number | undefined, stream: string, id: string): void => {
  writeSync(1, `${position} ${stream} ${id}\n`);
};

const hand = async (name: string): Promise<never> => {
  for (let n = 0; ; n += 1) {
    const last = event('Last', { text: 'x'.repeat(n % 2000) });
    const stream = `booking-${name}x${n}`;
    const append = { stream, expected: 'no-stream', events: [event('First'), last] } as const;
    if (n % 3 > 0) {
      acknowledge((await right(store.append(append))).position, stream, last.id);
    } else {
      const claim = { stream: `schedule-${name}x${n}`, expected: 'no-stream', events: [event('Claim')] } as const;
      const results = await right(store.appendInOrder([claim, append]));
      acknowledge(results[1]?.position, stream, last.id);
    }
  }
};

await Promise.all(Array.from({ length: 8 }, (_, n) => hand(`r${round}h${n}`)));
