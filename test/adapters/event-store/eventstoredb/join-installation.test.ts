import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { serverSecretOf } from '../../../../src/adapters/identity/server-secret.ts';
import { secretOf } from '../../../../src/application/secret.ts';
import { mustRun } from '../../../support/must.ts';
import { SECRET, givenLog } from './nodes.ts';

const OTHER_SECRET = serverSecretOf(secretOf('another secret'));

describe('what the nodes of one installation agree on (EventStoreDB stand-in)', () => {
  it('given an empty log, when a node starts, then it founds the installation; once more adds nothing', async () => {
    const { start, dataFile, types, standIn } = await givenLog();
    const one = dataFile();
    const node = await start(one, { node: 'oslo-1', calendars: ['work'] });
    expect(node).toMatchObject({ name: 'oslo-1' });
    expect(await start(one, { node: 'oslo-1', calendars: ['work'] })).toEqual(node);
    expect(types()).toEqual(['InstallationFounded', 'NodeJoined', 'CalendarClaimed']);
    const written = Buffer.concat(
      standIn.database.log.stream('holdfast-installation-holdfast').map(({ data }) => data),
    );
    expect(written.toString()).not.toContain(Buffer.from(SECRET).toString('hex'));
  });

  it('given eight nodes that start at once, then there is one installation and all are in it', async () => {
    const { start, dataFile, types } = await givenLog();
    const nodes = await Promise.all(Array.from({ length: 8 }, (_, n) => start(dataFile(), { node: `node-${n}` })));
    expect(nodes.map((node) => 'name' in node && node.name)).toEqual(Array.from({ length: 8 }, (_, n) => `node-${n}`));
    expect(types().toSorted()).toEqual(['InstallationFounded', ...Array.from({ length: 8 }, () => 'NodeJoined')]);
  });

  it('given another secret, when a node starts, then it is refused, and nothing is written', async () => {
    const { start, dataFile, types } = await givenLog();
    await start(dataFile());
    const before = types();
    expect(await start(dataFile(), { secret: OTHER_SECRET })).toEqual({ type: 'OtherSecret' });
    expect(types()).toEqual(before);
  });

  it('given two folders with one name, when the second starts, then it is refused; another name is free', async () => {
    const { start, dataFile } = await givenLog();
    const [one, two] = [dataFile(), dataFile()];
    await start(one, { node: 'oslo-1' });
    expect(await start(two, { node: 'oslo-1' })).toEqual({ type: 'NodeNameTaken', node: 'oslo-1' });
    expect(await start(two, { node: 'oslo-2' })).toMatchObject({ name: 'oslo-2' });
    await start(one, { node: 'bergen' });
    expect(await start(two, { node: 'oslo-1' })).toMatchObject({ name: 'oslo-1' });
  });

  it('given a built-in calendar in one folder, when another node has it, then it is refused by name', async () => {
    const { start, dataFile } = await givenLog();
    const [one, two] = [dataFile(), dataFile()];
    await start(one, { node: 'oslo-1', calendars: ['work'] });
    const refused = { type: 'CalendarElsewhere', calendar: 'work', node: 'oslo-1' };
    expect(await start(two, { node: 'oslo-2', calendars: ['home', 'work'] })).toEqual(refused);
    expect(await start(two, { node: 'oslo-2', calendars: ['home'] })).toMatchObject({ name: 'oslo-2' });
    expect(await start(one, { node: 'renamed', calendars: ['work'] })).toMatchObject({ name: 'renamed' });
    expect(await start(two, { calendars: ['work'] })).toEqual({ ...refused, node: 'renamed' });
  });

  it('given two nodes with one built-in calendar that start at once, then one of them has it', async () => {
    const { start, dataFile } = await givenLog();
    const nodes = await Promise.all([1, 2].map((n) => start(dataFile(), { node: `n${n}`, calendars: ['work'] })));
    expect(nodes.filter((node) => 'name' in node)).toHaveLength(1);
    expect(nodes.filter((node) => 'type' in node)).toMatchObject([{ type: 'CalendarElsewhere', calendar: 'work' }]);
  });

  it('given a copied data folder, when both are started, then the second is refused, whatever its name', async () => {
    const { start, dataFile, copy } = await givenLog();
    const one = dataFile();
    await start(one, { node: 'oslo-1', calendars: ['work'] });
    const two = copy(one);
    await start(one, { node: 'oslo-1', calendars: ['work'] });
    expect(await start(two, { node: 'oslo-1' })).toEqual({ type: 'CopiedFolder', node: 'oslo-1' });
    expect(await start(two, { node: 'oslo-2' })).toEqual({ type: 'CopiedFolder', node: 'oslo-2' });
    expect(await start(one, { node: 'oslo-1' })).toMatchObject({ name: 'oslo-1' });
  });

  it('given a data folder that was moved, when it starts there, then it is the same node', async () => {
    const { start, dataFile, copy } = await givenLog();
    const one = dataFile();
    const node = await start(one, { calendars: ['work'] });
    expect(await start(copy(one), { calendars: ['work'] })).toEqual(node);
  });

  it('given a data folder of another log, when started, then it is refused, also where that log is empty', async () => {
    const [here, there] = [await givenLog(), await givenLog()];
    const one = here.dataFile();
    await here.start(one);
    expect(await there.start(one)).toEqual({ type: 'OtherInstallation' });
    expect(there.types()).toEqual([]);
    await there.start(there.dataFile());
    expect(await there.start(one)).toEqual({ type: 'OtherInstallation' });
    expect(await here.start(one)).toMatchObject({ name: expect.stringMatching(/^node-/) });
  });

  it('given a start whose answer was lost, when started again, then it is not taken for a copy', async () => {
    const { start, dataFile, standIn } = await givenLog();
    const one = dataFile();
    const node = await start(one);
    standIn.faults.next('append', { kind: 'commit-then', run: () => standIn.faults.always('read', { kind: 'cut' }) });
    standIn.faults.always('append', { kind: 'commit-and-forget' });
    expect(await start(one)).toMatchObject({ type: 'OutcomeUnknown' });
    standIn.faults.clear();
    expect(await start(one)).toEqual(node);
    expect(await start(one)).toEqual(node);
  });

  it('given events of a later version, when started, then they are passed over; damaged ones end the start', async () => {
    const { start, dataFile, ownStreams } = await givenLog();
    await start(dataFile());
    const later = { id: randomUUID(), type: 'RegionNamed', data: { region: 'north' } };
    await mustRun(ownStreams.append('installation-holdfast', 1, [later]));
    expect(await start(dataFile())).toMatchObject({ name: expect.stringMatching(/^node-/) });
    const damaged = { id: randomUUID(), type: 'SecretAccepted', data: {} };
    await mustRun(ownStreams.append('installation-holdfast', 3, [damaged]));
    expect(await start(dataFile())).toMatchObject({ type: 'Corrupt' });
  });
});
