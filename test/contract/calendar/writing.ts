import { isLeft } from 'fp-ts/lib/Either.js';
import { isNone, isSome, none } from 'fp-ts/lib/Option.js';
import { expect, it } from 'vitest';
import { isRetryable } from '../../../src/domain/calendar/calendar-failure.ts';
import { toEpochMs } from '../../../src/domain/time/time.ts';
import type { CalendarFixture } from './calendar-fixture.ts';
import { anEvent, covered, fails, hours, live, ownOf, succeeds } from './given.ts';

// No backslash before an n: Xandikos 0.2.8 stores it as a line break. The writer's own tests have it.
const HOSTILE =
  'C:\\temp; a, b "q" ^n ^\' <b>&amp;]]></b> é 👩‍👩‍👧\nEND:VEVENT\nATTENDEE:mailto:x@y.test\n{{x}} %0A ' +
  'long '.repeat(40).trimEnd();

export const writing = (given: () => CalendarFixture): void => {
  it('creates an event and holds it as it was given', async () => {
    const { calendar, held } = given();
    const stored = await succeeds(calendar.create(anEvent(), live()));
    expect(stored.providerEventId).not.toBe('');
    expect(await held()).toEqual([
      {
        icsUid: 'bk1@holdfast.test',
        sequence: 0,
        status: 'confirmed',
        answers: ['accepted'],
        summary: 'Intro between Odd and Runa',
        description: 'Notes',
        location: 'Room 4',
        start: toEpochMs('2050-09-05T09:00:00Z'),
        end: toEpochMs('2050-09-05T09:30:00Z'),
      },
    ]);
  });

  it('creates the same event twice as one event with one id', async () => {
    const { calendar, held } = given();
    const first = await succeeds(calendar.create(anEvent(), live()));
    const second = await succeeds(calendar.create(anEvent(), live()));
    expect(second.providerEventId).toBe(first.providerEventId);
    expect(await held()).toHaveLength(1);
  });

  it('creates the same event eight times at once as one event with one id', async () => {
    const { calendar, held } = given();
    const all = await Promise.all(Array.from({ length: 8 }, () => succeeds(calendar.create(anEvent(), live()))));
    expect(new Set(all.map(({ providerEventId }) => providerEventId)).size).toBe(1);
    expect(await held()).toHaveLength(1);
  });

  it('creates what is there already at another time: says at which, or moves it', async () => {
    const { calendar, held } = given();
    await succeeds(calendar.create(anEvent(), live()));
    const moved = anEvent({ sequence: 1, start: '2050-09-05T11:00:00Z', end: '2050-09-05T11:30:00Z' });
    const { start } = await succeeds(calendar.create(moved, live()));
    const [event, ...others] = await held();
    expect(others).toEqual([]);
    expect(toEpochMs(start ?? '')).toBe(event?.start);
  });

  it('finds its own event, and nothing where there is none', async () => {
    const { calendar } = given();
    expect(isNone(await succeeds(calendar.find(ownOf(anEvent()), live())))).toBe(true);
    const stored = await succeeds(calendar.create(anEvent(), live()));
    const found = await succeeds(calendar.find(ownOf(anEvent()), live()));
    expect(isSome(found) && found.value.providerEventId).toBe(stored.providerEventId);
  });

  it('changes the event in place, with the new SEQUENCE', async () => {
    const { calendar, held } = given();
    const stored = await succeeds(calendar.create(anEvent(), live()));
    const moved = anEvent({ sequence: 1, start: '2050-09-05T11:00:00Z', end: '2050-09-05T11:30:00Z' });
    const changed = await succeeds(calendar.change(moved, stored, live()));
    expect(changed.providerEventId).toBe(stored.providerEventId);
    expect(await held()).toMatchObject([{ sequence: 1, start: toEpochMs(moved.start), end: toEpochMs(moved.end) }]);
  });

  it('moves the event in place: found at its new time under the id that it has, and busy there alone', async () => {
    const { calendar, held } = given();
    const stored = await succeeds(calendar.create(anEvent(), live()));
    const moved = anEvent({ sequence: 1, start: '2050-09-05T11:00:00Z', end: '2050-09-05T11:30:00Z' });
    for (let writes = 0; writes < 2; writes += 1) await succeeds(calendar.change(moved, stored, live()));
    const found = await succeeds(calendar.find(ownOf(moved), live()));
    expect(isSome(found) && [found.value.providerEventId, found.value.start].map(String)).toEqual([
      stored.providerEventId,
      '2050-09-05T11:00:00Z',
    ]);
    expect(await held()).toHaveLength(1);
    const window = hours('08:00', '13:00');
    const { busy } = await succeeds(calendar.busy(window, [], live()));
    expect(covered(busy, window)).toEqual([hours('11:00', '11:30')]);
    const { busy: others } = await succeeds(calendar.busy(window, [ownOf(moved)], live()));
    expect(covered(others, window)).toEqual([]);
  });

  it('says tentative of the event and of everybody in it, blocks the time, and confirms it by a change', async () => {
    const { calendar, held } = given();
    const stored = await succeeds(calendar.create(anEvent({ status: 'tentative' }), live()));
    expect(await held()).toMatchObject([{ status: 'tentative', answers: ['tentative'] }]);
    const window = hours('08:00', '10:00');
    const { busy } = await succeeds(calendar.busy(window, [], live()));
    expect(covered(busy, window)).toEqual([hours('09:00', '09:30')]);
    await succeeds(calendar.change(anEvent({ status: 'confirmed' }), stored, live()));
    expect(await held()).toMatchObject([{ sequence: 0, status: 'confirmed', answers: ['accepted'] }]);
  });

  it('leaves an event where a person has moved it, when only something else is to be changed', async () => {
    const { calendar, held } = given();
    const stored = await succeeds(calendar.create(anEvent({ status: 'tentative' }), live()));
    const byHand = { start: '2050-09-05T11:00:00Z', end: '2050-09-05T11:30:00Z' };
    await succeeds(calendar.change(anEvent({ status: 'tentative', ...byHand }), stored, live()));
    const confirmed = anEvent({ status: 'confirmed' });
    const known = { ...stored, etag: none, start: confirmed.start };
    const outcome = await calendar.change(confirmed, known, live())();
    if (isLeft(outcome)) expect(outcome.left.kind).toSatisfy(isRetryable);
    const moved = { start: toEpochMs(byHand.start), end: toEpochMs(byHand.end) };
    expect(await held()).toMatchObject([moved]);
    // The same where what is known is a version that is no more.
    const old = await calendar.change(confirmed, { ...stored, start: confirmed.start }, live())();
    if (isLeft(old)) expect(old.left.kind).toSatisfy(isRetryable);
    expect(await held()).toMatchObject([moved]);
    const { start: _, ...somewhere } = known;
    await succeeds(calendar.change(anEvent({ status: 'confirmed', sequence: 1 }), somewhere, live()));
    expect(await held()).toMatchObject([{ status: 'confirmed', start: toEpochMs(confirmed.start) }]);
  });

  it('changes the event although what it knows of it is old', async () => {
    const { calendar, held } = given();
    const stored = await succeeds(calendar.create(anEvent(), live()));
    await succeeds(calendar.change(anEvent({ sequence: 1 }), stored, live()));
    await succeeds(calendar.change(anEvent({ sequence: 2, summary: 'Third' }), stored, live()));
    expect(await held()).toMatchObject([{ sequence: 2, summary: 'Third' }]);
  });

  it('says calendar-not-found where the event to change is gone, and creates none', async () => {
    const { calendar, held } = given();
    const stored = await succeeds(calendar.create(anEvent(), live()));
    await succeeds(calendar.remove(ownOf(anEvent()), live()));
    expect((await fails(calendar.change(anEvent({ sequence: 1 }), stored, live()))).kind).toBe('calendar-not-found');
    expect(await held()).toEqual([]);
  });

  it('removes the event, says so when it is gone already, and can create it again', async () => {
    const { calendar, held } = given();
    await succeeds(calendar.create(anEvent(), live()));
    expect(await succeeds(calendar.remove(ownOf(anEvent()), live()))).toBe('removed');
    expect(await held()).toEqual([]);
    expect(isNone(await succeeds(calendar.find(ownOf(anEvent()), live())))).toBe(true);
    expect(await succeeds(calendar.remove(ownOf(anEvent()), live()))).toBe('already-gone');
    await succeeds(calendar.create(anEvent({ sequence: 1 }), live()));
    expect(await held()).toHaveLength(1);
  });

  it('brings hostile names and notes through as they are', async () => {
    const { calendar, held } = given();
    const hostile = { summary: HOSTILE.replaceAll('\n', ' '), description: HOSTILE, location: 'a;b,c\\d' };
    const people = [{ name: 'Runa "R"; ^:,\r\nX:y', email: 'runa@example.test' }];
    await succeeds(calendar.create(anEvent({ ...hostile, attendees: people }), live()));
    expect(await held()).toMatchObject([hostile]);
  });

  it('takes texts with control characters, without letting them break the event', async () => {
    const { calendar, held } = given();
    await succeeds(
      calendar.create(anEvent({ summary: 'a\u0000b\u001bc\ufffe\ud800', description: '\r\n\u2028' }), live()),
    );
    expect(await held()).toMatchObject([{ icsUid: 'bk1@holdfast.test', location: 'Room 4' }]);
  });

  it("never takes somebody else's event for its own, nor changes or removes it", async () => {
    const { calendar, held, occupy } = given();
    await occupy(ownOf(anEvent()));
    const before = await held();
    expect((await fails(calendar.create(anEvent(), live()))).kind).toBe('already-exists');
    expect(isNone(await succeeds(calendar.find(ownOf(anEvent()), live())))).toBe(true);
    // Where it could be ours without its mark, the calendar says that it is in doubt.
    const removed = await calendar.remove(ownOf(anEvent()), live())();
    expect(isLeft(removed) ? removed.left.kind : removed.right).toMatch(/^(already-exists|already-gone)$/);
    const guessed = { providerEventId: 'guessed', etag: none, meetingUrl: none };
    await fails(calendar.change(anEvent({ sequence: 1 }), guessed, live()));
    expect(await held()).toEqual(before);
  });
};
