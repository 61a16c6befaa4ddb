import { describe, expect, it } from 'vitest';
import { acceptSecret, forgetNode } from '../../../../src/adapters/event-store/eventstoredb/installation.ts';
import { serverSecretOf } from '../../../../src/adapters/identity/server-secret.ts';
import { secretOf } from '../../../../src/application/secret.ts';
import { mustRun } from '../../../support/must.ts';
import { SECRET, givenLog } from './nodes.ts';

const NEXT = serverSecretOf(secretOf('the next secret'));

describe('what an operator changes for all nodes (EventStoreDB stand-in)', () => {
  it('given a new secret, when it is accepted, then nodes start with it, and no more with the old one', async () => {
    const { start, dataFile, ownStreams } = await givenLog();
    const one = dataFile();
    expect(await mustRun(acceptSecret(ownStreams, NEXT))).toBe('no-installation');
    await start(one);
    expect(await mustRun(acceptSecret(ownStreams, NEXT))).toBe('accepted');
    expect(await mustRun(acceptSecret(ownStreams, NEXT))).toBe('accepted-already');
    expect(await start(one, { secret: SECRET })).toEqual({ type: 'OtherSecret' });
    expect(await start(one, { secret: NEXT })).toMatchObject({ name: expect.stringMatching(/^node-/) });
  });

  it('given a node whose folder is lost, when it is forgotten, then its name and its calendars are free', async () => {
    const { start, dataFile, ownStreams } = await givenLog();
    await start(dataFile(), { node: 'oslo-1', calendars: ['work'] });
    expect(await mustRun(forgetNode(ownStreams, 'nobody'))).toBeNull();
    expect(await mustRun(forgetNode(ownStreams, 'oslo-1'))).toEqual(['work']);
    expect(await start(dataFile(), { node: 'oslo-1', calendars: ['work'] })).toMatchObject({ name: 'oslo-1' });
  });

  it('given a forgotten folder, when it comes back, then it joins under a new id, once', async () => {
    const { start, dataFile, copy, ownStreams } = await givenLog();
    const one = dataFile();
    const before = await start(one, { node: 'oslo-1' });
    const backup = copy(one);
    await start(one, { node: 'oslo-1' });
    expect(await start(backup, { node: 'oslo-1' })).toMatchObject({ type: 'CopiedFolder' });
    await mustRun(forgetNode(ownStreams, 'oslo-1'));
    const after = await start(backup, { node: 'oslo-1' });
    expect(after).toMatchObject({ name: 'oslo-1' });
    expect(after).not.toEqual(before);
    expect(await start(backup, { node: 'oslo-1' })).toEqual(after);
    expect(await start(one, { node: 'oslo-1' })).toMatchObject({ type: 'NodeNameTaken' });
  });
});
