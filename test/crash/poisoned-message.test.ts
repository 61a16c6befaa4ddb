import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import { DATA_FILE } from '../../src/composition/open-storage.ts';
import type { Json, RecordedEvent } from '../../src/domain/log/envelope.ts';
import { GENESIS_HASH, seal } from '../../src/domain/log/hash-chain.ts';
import type { GivenServer } from '../invariants/given-server.ts';
import { givenServer, KEY, SUBSCRIPTION } from '../invariants/given-server.ts';
import { book, codeOf, statusOf, uidOf } from '../invariants/guests.ts';
import { mustOpen } from '../support/data-file.ts';
import { mustMakeStore } from '../support/event-store.ts';
import { at } from '../support/http-client.ts';
import { unfinished } from '../support/log-checks-quiet.ts';
import { must, mustRun } from '../support/must.ts';
import { scriptedCalendar } from '../support/scripted-calendar.ts';

const poll = { timeout: 10_000, interval: 25 };

/** Appends, past all rules, what a newer program might have written. */
const appendForeign =
  (stream: string) =>
  async (dataFolder: string): Promise<void> => {
    const file = mustOpen(join(dataFolder, DATA_FILE));
    const store = mustMakeStore(file);
    const last: RecordedEvent | undefined = (await mustRun(store.readStream(stream))).at(-1);
    const events = seal(sha256Hex)(last?.hash ?? GENESIS_HASH, [
      {
        id: 'c0ffee00-0000-5000-8000-000000000001',
        type: 'BookingTeleported',
        version: 1,
        data: { to: 'elsewhere' },
        occurredAt: '2050-09-01T00:00:00Z',
        actor: { kind: 'system' },
        correlationId: 'x',
        causationId: null,
      },
    ]);
    must(await store.append({ stream, expected: last?.revision ?? 'no-stream', events })());
    await store.close();
    await file.close();
  };

/** What the log says is rewritten as an event that this program understands: it stands for a newer program. */
const makeUnderstood = (dataFolder: string): Promise<void> => {
  const file = mustOpen(join(dataFolder, DATA_FILE));
  const sent = { causedBy: 'x', channel: 'mail', notification: 'n', recipient: 'attendee', messageId: 'm' };
  file.db
    .prepare(
      `UPDATE events SET body = json_set(body, '$.type', 'NotificationSent', '$.data', json(?)) WHERE body LIKE '%Teleported%'`,
    )
    .run(JSON.stringify(sent));
  return file.close();
};

const parkedIn = async (server: GivenServer): Promise<ReadonlyArray<string>> => {
  const reply = await server.client().get('/v2/holdfast/consumers', { key: KEY });
  const parked: Json = at(reply.body, 'data', 'parked');
  return (Array.isArray(parked) ? parked : [])
    .map((each: Json) => `${at(each, 'group')}: ${at(each, 'type')}`)
    .toSorted();
};

const everyGroup = ['mail-guests', 'mail-host', 'saga', `webhook-${SUBSCRIPTION}`].map(
  (group) => `${group}: BookingTeleported`,
);

describe('a message that nobody understands', () => {
  it('parks alone and at once, is visible, stops no other booking, and can be replayed', async () => {
    const server = await givenServer({ calendars: [scriptedCalendar({ calendarId: 'work' })] });
    const uid = uidOf(await book(server.client()));
    await server.idle();
    await server.restart(appendForeign(`booking-${uid}`));
    const poisoned = server.log().at(-1)?.position;

    await expect.poll(() => parkedIn(server), poll).toEqual(everyGroup);
    const unreadable = await server.client().get(`/v2/bookings/${uid}`);
    expect([unreadable.status, codeOf(unreadable)]).toEqual([500, 'log_corrupt']);
    expect(unreadable.text).not.toContain('Teleported');
    const other = await book(server.client(), { minutes: 60 });
    expect([other.status, statusOf(other)]).toEqual([201, 'accepted']);
    const others = () => server.log().filter(({ stream }) => stream === `booking-${uidOf(other)}`);
    await expect.poll(() => unfinished(others(), SUBSCRIPTION), poll).toEqual([]);

    const replay = (group: string) =>
      server.client().post(`/v2/holdfast/parked/${group}/replay`, { position: poisoned }, { key: KEY });
    expect(at((await replay('saga')).body, 'data', 'replayed')).toBe(1);
    await expect.poll(() => parkedIn(server), poll).toEqual(everyGroup);

    await server.restart(makeUnderstood);
    for (const group of ['saga', 'mail-host', 'mail-guests', `webhook-${SUBSCRIPTION}`])
      expect(at((await replay(group)).body, 'data', 'replayed')).toBe(1);
    await expect.poll(() => parkedIn(server), poll).toEqual([]);
    await server.idle();
    expect(await parkedIn(server)).toEqual([]);
    expect(statusOf(await server.client().get(`/v2/bookings/${uid}`))).toBe('accepted');
  });
});
