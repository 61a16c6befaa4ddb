import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import type { Json } from '../../src/domain/log/envelope.ts';
import { seal } from '../../src/domain/log/hash-chain.ts';
import { eventTypeIds, SUBSCRIPTION } from '../crash/world-configuration.ts';
import { book, statusOf, uidOf } from '../invariants/guests.ts';
import { at, type Client } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { ALL_ROLES_KEY } from '../support/killable-server.ts';
import { must, mustRun } from '../support/must.ts';
import { cameTwice, everythingWrong, settled } from './everything-true.ts';
import type { Installation } from './installation.ts';
import { LEASE_SECONDS, startInstallation } from './installation.ts';
import { ON } from './where-the-log-is.ts';

vi.setConfig({ testTimeout: 180_000 });
const poll = { timeout: 20_000, interval: 50 };
const { plain } = eventTypeIds(0);

type Parked = { readonly group: string; readonly position: number; readonly type: string };

const parkedAt = async (client: Client): Promise<ReadonlyArray<Parked>> => {
  const reply = await client.get('/v2/holdfast/consumers', { key: ALL_ROLES_KEY });
  const parked = at(reply.body, 'data', 'parked');
  if (!Array.isArray(parked)) throw new Error(`the consumers answered ${reply.status}: ${reply.text}`);
  return parked.map((each: Json) => ({
    group: String(at(each, 'group')),
    position: Number(at(each, 'position')),
    type: String(at(each, 'type')),
  }));
};

/** Whether all consumers of a node are done with what is in the log. */
const isAtHead = async (client: Client): Promise<boolean> => {
  const groups = at((await client.get('/v2/holdfast/consumers', { key: ALL_ROLES_KEY })).body, 'data', 'groups');
  if (!Array.isArray(groups)) throw new Error('no groups');
  return groups.every((group: Json) => at(group, 'checkpoint') === at(group, 'head'));
};

const replay = async (client: Client, group: string, position: number): Promise<Json> =>
  at(
    (await client.post(`/v2/holdfast/parked/${group}/replay`, { position }, { key: ALL_ROLES_KEY })).body,
    'data',
    'replayed',
  );

describeWith('radicale', `a message that was parked ${ON}`, () => {
  let installation: Installation;
  beforeAll(async () => {
    // What is sent again by another node waits until the lease of the first attempt has ended.
    installation = await startInstallation({ timings: { leaseInSeconds: LEASE_SECONDS } });
  });
  afterAll(() => installation?.close());

  it('given a mail that the server refused, then every node lists it, and any node sends it again', async () => {
    const { clients, smtp, mails } = installation;
    smtp.next({ at: 'rcpt', reply: 550 });
    const [a, b, c] = clients();
    if (a === undefined || b === undefined || c === undefined) throw new Error('no nodes');
    await book(a, { eventTypeId: plain, prefer: 'wait=20' });
    await expect.poll(async () => (await parkedAt(b)).length, poll).toBe(1);
    const [parked] = await parkedAt(b);
    expect([await parkedAt(a), await parkedAt(c)]).toEqual([[parked], [parked]]);
    await expect.poll(async () => (await mails()).length, poll).toBe(1);

    expect(await replay(c, parked?.group ?? '', parked?.position ?? 0)).toBe(1);
    for (const client of [a, b, c]) await expect.poll(() => parkedAt(client), poll).toEqual([]);
    await settled(installation);
    expect(await everythingWrong(installation)).toEqual([]);
    expect(await cameTwice(installation)).toEqual([]);
  });

  it('given an event that nobody understands, then it parks alone, and again when replayed elsewhere', async () => {
    const { clients, shared } = installation;
    const [a, b, c] = clients();
    if (a === undefined || b === undefined || c === undefined) throw new Error('no nodes');
    const uid = uidOf(await book(a, { eventTypeId: plain, minutes: 60, prefer: 'wait=20' }));
    await settled(installation);
    // A node that stands by must have seen that all is done, or it would park what it has not looked at yet.
    for (const client of [a, b, c]) await expect.poll(() => isAtHead(client), poll).toBe(true);
    const last = (await mustRun(shared.store.readStream(`booking-${uid}`))).at(-1);
    const event = {
      id: 'c0ffee00-0000-5000-8000-000000000001',
      type: 'BookingTeleported',
      version: 1,
      data: { to: 'elsewhere' },
      occurredAt: '2050-09-01T00:00:00Z',
      actor: { kind: 'system' },
      correlationId: 'x',
      causationId: null,
    } as const;
    const events = seal(sha256Hex)(last?.hash ?? '', [event]);
    must(await shared.store.append({ stream: `booking-${uid}`, expected: last?.revision ?? 'no-stream', events })());

    const groups = ['mail-guests', 'mail-host', 'saga', `webhook-${SUBSCRIPTION}`];
    const parkedGroups = (client: Client) => async () => (await parkedAt(client)).map(({ group }) => group).toSorted();
    for (const client of [a, b, c]) await expect.poll(parkedGroups(client), poll).toEqual(groups);
    const other = await book(b, { eventTypeId: plain, minutes: 120, prefer: 'wait=20' });
    expect([other.status, statusOf(other)]).toEqual([201, 'accepted']);

    const [parked] = await parkedAt(a);
    expect(await replay(b, 'saga', parked?.position ?? 0)).toBe(1);
    for (const client of [a, b, c]) await expect.poll(parkedGroups(client), poll).toEqual(groups);
  });
});
