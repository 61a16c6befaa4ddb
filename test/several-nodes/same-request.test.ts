import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventTypeIds } from '../crash/world-configuration.ts';
import { book, codeOf, uidOf } from '../invariants/guests.ts';
import { describeWith } from '../support/install/describe-with.ts';
import { bookingsIn } from '../support/log-checks.ts';
import { cameTwice, everythingWrong, settled } from './everything-true.ts';
import type { Installation } from './installation.ts';
import { startInstallation } from './installation.ts';
import { ON } from './where-the-log-is.ts';

const request = { eventTypeId: eventTypeIds(0).plain, key: 'the-same-on-all-nodes', prefer: 'wait=20' };

describeWith('radicale', `one Idempotency-Key, three nodes ${ON}`, () => {
  let installation: Installation;
  beforeAll(async () => {
    installation = await startInstallation();
  });
  afterAll(() => installation?.close());

  it('given the same request at all nodes at once, twice each, then all answers name one booking', async () => {
    const clients = installation.clients();
    const answers = await Promise.all([...clients, ...clients].map((client) => book(client, request)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
    expect(new Set(answers.map(uidOf)).size).toBe(1);

    const repeated = await Promise.all(clients.map((client) => book(client, request)));
    expect(new Set([...answers, ...repeated].map(uidOf)).size).toBe(1);

    await settled(installation);
    expect(bookingsIn(await installation.log())).toHaveLength(1);
    expect(await everythingWrong(installation)).toEqual([]);
    expect(await cameTwice(installation)).toEqual([]);
  });

  it('given the key with another request at another node, then it is refused there', async () => {
    for (const client of installation.clients()) {
      const answer = await book(client, { ...request, minutes: 60 });
      expect([answer.status, codeOf(answer)]).toEqual([422, 'idempotency_key_reused']);
    }
  });
});
