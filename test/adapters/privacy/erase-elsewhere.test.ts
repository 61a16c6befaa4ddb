import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { openSubjectKeys } from '../../../src/adapters/privacy/subject-key-folder.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import { command } from '../../../src/testing/index.ts';
import { bookingRequested, commanded } from '../../application/process.helper.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';
import { sealedWorld } from './sealed-world.helper.ts';

let stored: EventStore;
let folder: string;
let remove: () => Promise<void>;
beforeEach(async () => {
  const made = await temporaryFolder();
  remove = made.remove;
  folder = join(made.path, 'keys');
  stored = makeMemoryEventStore();
});
afterEach(() => remove());

describe('what a node does about people whom another node has forgotten', () => {
  it('given it knows their key, then it opens nothing any more, and erases what it has itself', async () => {
    const here = sealedWorld(stored, must(await openSubjectKeys(folder)));
    await bookingRequested(here.buses, 'one');
    await commanded(here.buses, 'one', command.cancel());
    const there = sealedWorld(stored, must(await openSubjectKeys(folder)));
    const read = async () => JSON.stringify(must(await here.store.readStream('booking-one')()));
    expect(await read()).toContain('runa@example.com');
    must(await there.forget('runa@example.com', { cancel: false, actorId: 'k' }));
    const events = must(await stored.readStream('booking-one')());
    const messages = events.filter(here.elsewhere.accepts);
    expect(messages.map(({ type }) => type)).toEqual(['PersonalDataErased']);
    for (const event of messages) expect(await here.elsewhere.handle({ event, attempt: 1 })).toEqual({ type: 'ack' });
    expect(await read()).not.toMatch(/runa/i);
    expect(here.removed).toEqual(['one']);
  });

  it('given a file that cannot be erased, then it is tried again', async () => {
    const eraseInCalendars = () => {
      throw new Error('the disk is full');
    };
    const here = sealedWorld(stored, must(await openSubjectKeys(folder)), { eraseInCalendars });
    await bookingRequested(here.buses, 'one');
    await commanded(here.buses, 'one', command.cancel());
    const there = sealedWorld(stored, must(await openSubjectKeys(folder)));
    must(await there.forget('runa@example.com', { cancel: false, actorId: 'k' }));
    const event = must(await stored.readStream('booking-one')()).at(-1);
    if (event === undefined) throw new Error('nothing was written');
    await expect(here.elsewhere.handle({ event, attempt: 1 })).rejects.toThrow('the disk is full');
    expect([1, 2, 60].map(here.elsewhere.backoffMs)).toEqual([1_000, 2_000, 3_600_000]);
  });
});
