import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventTypeIds } from '../crash/world-configuration.ts';
import { book, codeOf, uidOf } from '../invariants/guests.ts';
import type { Reply } from '../support/http-client.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { cameTwice, everythingWrong, settled } from './everything-true.ts';
import type { Installation } from './installation.ts';
import { startInstallation } from './installation.ts';
import { ON } from './where-the-log-is.ts';

const REQUESTS = 50;
const { plain } = eventTypeIds(0);

describeWith('radicale', `one slot, three nodes ${ON}`, () => {
  let installation: Installation;
  let answers: ReadonlyArray<Reply>;
  beforeAll(async () => {
    installation = await startInstallation();
    const clients = installation.clients();
    const asked = Array.from({ length: REQUESTS }, (_, index) => index).flatMap((index) => {
      const client = clients[index % clients.length];
      return client === undefined
        ? []
        : [book(client, { eventTypeId: plain, name: `Guest ${index}`, prefer: 'wait=20' })];
    });
    answers = await Promise.all(asked);
    await settled(installation);
    expect(await installation.stopAll()).toEqual([]);
  });
  afterAll(() => installation?.close());

  it('given 50 requests for it at once, then one is accepted and 49 are told that it is taken', () => {
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused.map((reply) => [reply.status, codeOf(reply)])).toEqual(
      Array.from({ length: REQUESTS - 1 }, () => [409, 'slot_unavailable']),
    );
  });

  it('then the schedule has one claim, and the log one booking', async () => {
    const log = await installation.log();
    const [accepted] = answers.filter(({ status }) => status === 201);
    expect(log.filter(({ type }) => type === 'SlotHeld')).toHaveLength(1);
    const streams = new Set(log.map(({ stream }) => stream).filter((stream) => stream.startsWith('booking-')));
    expect([...streams]).toEqual([accepted === undefined ? '' : `booking-${uidOf(accepted)}`]);
  });

  it('then there is one calendar event, one confirmation for each recipient and one webhook', async () => {
    expect([...(await installation.held()).values()].flat()).toHaveLength(1);
    const mails = await installation.mails();
    expect(mails.map(({ recipient }) => recipient).toSorted()).toEqual(['attendee', 'host']);
    const told = installation.webhooks.received.map(({ body }) => JSON.parse(body.toString('utf8')).triggerEvent);
    expect(told).toEqual(['BOOKING_CREATED']);
    expect(await everythingWrong(installation)).toEqual([]);
    expect(await cameTwice(installation)).toEqual([]);
  });
});
