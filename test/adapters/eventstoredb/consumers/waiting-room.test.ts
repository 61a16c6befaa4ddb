import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import type { OwnEvent, OwnStreams, RecordedOwnEvent } from '../../../../src/adapters/eventstoredb/own-streams.ts';
import { makeWaitingRoom } from '../../../../src/adapters/eventstoredb/consumers/waiting-room.ts';
import { openWaitingStream } from '../../../../src/adapters/eventstoredb/consumers/waiting-stream.ts';
import { makeStopSignal } from '../../../../src/adapters/event-store/consumers/stop-signal.ts';
import { systemClock } from '../../../../src/adapters/clock/system-clock.ts';
import type { StoreError } from '../../../../src/application/ports/event-store.ts';
import { makeTestClock } from '../../../support/clock.ts';

const message = { position: 7, stream: 'booking-1', revision: 0, key: 'k', attempts: 1, reason: 'x' };
const unknown: StoreError = { type: 'OutcomeUnknown', reason: 'no answer' };
const conflict: StoreError = { type: 'RevisionConflict', stream: 'waiting-mail', expected: 'no-stream', actual: 3 };

/** Streams in memory; `answers` take the place of what an append would answer, and it was carried out or not. */
const streamsThat = (answers: Array<{ readonly error: StoreError; readonly written: boolean }>) => {
  const written: Array<RecordedOwnEvent> = [];
  const put = (events: ReadonlyArray<OwnEvent>): void => {
    for (const event of events) written.push({ ...event, revision: written.length, position: written.length + 1 });
  };
  const ownStreams: OwnStreams = {
    append: (_, expected, events) => async () => {
      const answer = answers.shift();
      if (answer === undefined || answer.written) put(events);
      if (answer !== undefined) return E.left(answer.error);
      expect(expected).toBe(written.length === events.length ? 'no-stream' : written.length - events.length - 1);
      return E.right({ revision: written.length - 1, position: written.length });
    },
    read: (_, from = 0) => TE.right(written.slice(from)),
  };
  return { ownStreams, written, put };
};

const roomOver = (ownStreams: OwnStreams) => {
  const clock = makeTestClock();
  const stop = makeStopSignal(systemClock);
  const waiting = openWaitingStream(ownStreams, 'mail');
  const problems: Array<string> = [];
  const room = makeWaitingRoom({
    waiting,
    clock,
    network: systemClock,
    random: () => 0,
    stop,
    onProblem: (problem) => void problems.push(problem),
    onChange: () => undefined,
  });
  return { room, waiting, clock, stop, problems };
};

describe('the waiting room of a group', () => {
  it('given an append that was carried out and is unknown, then the message is not written once more', async () => {
    const { ownStreams, written } = streamsThat([{ error: unknown, written: true }]);
    const { room, clock, problems } = roomOver(ownStreams);
    expect(await room.putOff([message], clock.now() + 1000)).toBe(true);
    expect(written.map(({ type }) => type)).toEqual(['MessagePutOff']);
    expect(problems).toEqual(['a message could not be put off: OutcomeUnknown']);
  });

  it('given an append that was not carried out, then it is repeated under the same id', async () => {
    const { ownStreams, written } = streamsThat([{ error: unknown, written: false }]);
    const { room, clock } = roomOver(ownStreams);
    expect(await room.putOff([message], clock.now() + 1000)).toBe(true);
    expect(written).toHaveLength(1);
  });

  it('given another node that was faster, then it reads on and writes behind it', async () => {
    const { ownStreams, written, put } = streamsThat([]);
    const { room, clock } = roomOver({
      ...ownStreams,
      append: (stream, expected, events) => {
        if (expected !== 'no-stream') return ownStreams.append(stream, expected, events);
        put([{ id: 'other', type: 'Remark', data: {} }]);
        return TE.left(conflict);
      },
    });
    expect(await room.putOff([message], clock.now() + 1000)).toBe(true);
    expect(written.map(({ type }) => type)).toEqual(['Remark', 'MessagePutOff']);
  });

  it('given a stream that ends elsewhere than it can be read, then that is said, and not tried for ever', async () => {
    const { ownStreams } = streamsThat([{ error: conflict, written: false }]);
    const { waiting } = roomOver(ownStreams);
    const written = await waiting.agree(() => [{ id: 'a', type: 'Remark', data: {} }]);
    expect(written).toMatchObject({ left: { type: 'Corrupt' } });
  });

  it('given messages of several due times, then each is put back when it is due, and those of one time in the order of the log', async () => {
    const { ownStreams, written } = streamsThat([]);
    const { room, clock } = roomOver(ownStreams);
    const at = (position: number) => ({ ...message, position, key: `${position}` });
    await room.putOff([at(9), at(8)], clock.now() + 1000);
    await room.putOff([at(7)], clock.now() + 2000);
    const due = () => written.flatMap(({ type, data }) => (type === 'MessageDue' ? [data.position] : []));
    clock.advance(999);
    expect(room.somethingDue()).toBe(false);
    clock.advance(1);
    await expect.poll(due).toEqual([8, 9]);
    clock.advance(1000);
    await expect.poll(due).toEqual([8, 9, 7]);
  });

  it('given a message put off again, then the newer due time counts', async () => {
    const { ownStreams, written } = streamsThat([]);
    const { room, clock } = roomOver(ownStreams);
    await room.putOff([message], clock.now() + 1000);
    await room.putOff([{ ...message, attempts: 2 }], clock.now() + 5000);
    clock.advance(1000);
    expect(room.somethingDue()).toBe(false);
    clock.advance(4000);
    await expect.poll(() => written.at(-1)).toMatchObject({ type: 'MessageDue', data: { attempts: 2 } });
  });

  it('given a stop, then nothing is put back any more, and what cannot be written is given up', async () => {
    const never = new Promise<never>(() => undefined);
    const { ownStreams, written } = streamsThat([]);
    const { room, clock, stop } = roomOver(ownStreams);
    await room.putOff([message], clock.now() + 1000);
    stop.stop();
    clock.advance(1000);
    expect(written.map(({ type }) => type)).toEqual(['MessagePutOff']);
    const hung = roomOver({ ...ownStreams, append: () => () => never });
    const putting = hung.room.putOff([message], hung.clock.now() + 1000);
    hung.stop.stop();
    expect(await putting).toBe(false);
  });
});
