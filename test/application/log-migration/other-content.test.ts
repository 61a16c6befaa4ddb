import * as E from 'fp-ts/lib/Either.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import type { CopyError } from '../../../src/application/log-migration/copying.ts';
import type { EventStore } from '../../../src/application/ports/event-store.ts';
import type { Envelope, RecordedEvent } from '../../../src/domain/log/envelope.ts';
import { erasePersonal } from '../../../src/domain/log/hash-chain.ts';
import { chained, contentOf, copying, notes, write } from './logs.ts';

const STREAM = 'booking-runa';
const events = chained(STREAM, notes(5));

/** The first events of ours, then somebody else's, with ids of their own. */
const forked = (at: number): ReadonlyArray<Envelope> => [
  ...events.slice(0, at),
  ...chained(STREAM, notes(5), 'b').slice(at),
];

describe('a copy into a log that holds something else', () => {
  let from: EventStore;
  let to: EventStore;
  beforeEach(async () => {
    [from, to] = [makeMemoryEventStore(), makeMemoryEventStore()];
    await write(from, 'booking-first', chained('booking-first', notes(3)));
    await write(from, STREAM, events);
  });

  const refusal = async (): Promise<CopyError> => {
    const copied = await copying(from, to)();
    return E.isLeft(copied) ? copied.left : expect.unreachable('it was copied');
  };

  it.for([0, 2, 4])(
    'given a stream that differs from revision %i on, then it is named and nothing is written',
    async (at) => {
      await write(to, STREAM, forked(at));
      const before = await contentOf(to);
      expect(await refusal()).toMatchObject({ type: 'OtherContent', stream: STREAM, revision: at });
      expect(await contentOf(to)).toEqual(before);
    },
  );

  it('given a stream that is longer than the source, then its first event too many is named', async () => {
    await write(to, STREAM, chained(STREAM, notes(6)));
    const before = await contentOf(to);
    expect(await refusal()).toMatchObject({ type: 'OtherContent', stream: STREAM, revision: 5 });
    expect(await contentOf(to)).toEqual(before);
  });

  it('given a stream that the source does not have, then it is named and nothing is written', async () => {
    await write(to, 'booking-eve', chained('booking-eve', notes(1)));
    expect(await refusal()).toMatchObject({ type: 'OtherContent', stream: 'booking-eve', revision: 0 });
    expect(Object.keys(await contentOf(to))).toEqual(['booking-eve']);
  });

  it('given somebody who writes to the target meanwhile, then the copy ends and overwrites nothing', async () => {
    const meanwhile: EventStore = {
      ...to,
      head: () => async () => {
        const head = await to.head()();
        await write(to, STREAM, forked(0).slice(0, 1));
        return head;
      },
    };
    const copied = await copying(from, meanwhile)();
    expect(copied).toEqual(E.left(expect.objectContaining({ type: 'OtherContent', stream: STREAM, revision: 0 })));
    expect((await contentOf(to))[STREAM]).toHaveLength(1);
  });

  it('given the same ids with other content, then reading back finds it, and repeats none of it', async () => {
    const changed = events.map((event, index) =>
      index === 0 ? { ...event, data: { by: 'runa@example.org' } } : event,
    );
    await write(to, STREAM, changed);
    const error = await refusal();
    expect(error).toMatchObject({ type: 'OtherContent', stream: STREAM, revision: 0 });
    expect(JSON.stringify(error)).not.toContain('runa@');
  });

  it('given personal data that was erased in the source after a first copy, then reading back finds it', async () => {
    const personal = chained(STREAM, [{ personal: { salt: '00', name: 'Runa' } }]);
    const erased = personal.map((event) => ({ ...event, data: erasePersonal(sha256Hex)(event.data) }));
    [from, to] = [makeMemoryEventStore(), makeMemoryEventStore()];
    await write(from, STREAM, erased);
    await write(to, STREAM, personal);
    expect(await refusal()).toMatchObject({
      type: 'OtherContent',
      revision: 0,
      reason: expect.stringMatching(/erased/),
    });
  });
});

describe('a copy of a log that is not in order', () => {
  it('given a chain that was broken before, when copied, then its first false event is named', async () => {
    const [from, to] = [makeMemoryEventStore(), makeMemoryEventStore()];
    const broken = events.map((event, index) => (index === 3 ? { ...event, data: { number: 99 } } : event));
    await write(from, STREAM, broken);
    expect(await copying(from, to)()).toEqual(E.left({ type: 'BrokenChain', stream: STREAM, revision: 3 }));
  });

  it('given an event that is missing, when copied, then the gap is named', async () => {
    const whole = makeMemoryEventStore();
    await write(whole, STREAM, events);
    const from: EventStore = {
      ...whole,
      readAll: (after, limit) => async () =>
        E.map((page: ReadonlyArray<RecordedEvent>) => page.filter(({ revision }) => revision !== 2))(
          await whole.readAll(after, limit)(),
        ),
    };
    expect(await copying(from, makeMemoryEventStore())()).toEqual(E.left({ type: 'Gap', stream: STREAM, revision: 2 }));
  });

  it('given a log that is closed, when copied, then it is said which one', async () => {
    const [from, to, closed] = [makeMemoryEventStore(), makeMemoryEventStore(), makeMemoryEventStore()];
    await write(from, STREAM, events);
    await closed.close();
    expect(await copying(closed, to)()).toMatchObject({ left: { type: 'SourceFailed' } });
    expect(await copying(from, closed)()).toMatchObject({ left: { type: 'TargetFailed' } });
  });
});
