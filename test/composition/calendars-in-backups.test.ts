import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { restore } from '../../src/cli/local/restore-command.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';
import { EMAIL, livesThrough, startWorld, wanted } from './quackenbosch.helper.ts';
import { filesWith, tracesIn } from './traces.helper.ts';

type World = Awaited<ReturnType<typeof startWorld>>;

const feedOf = async ({ run, get }: World): Promise<string> => {
  const [, path = ''] = /https?:\/\/[^/]+(\/calendars\/\S+)/.exec(await run('calendar', 'link', 'home')) ?? [];
  return get(path);
};

/** As backups of earlier releases were: people in built-in calendars in the clear. */
const asBefore = async (backup: string, to: string, dataFile: string): Promise<void> => {
  await cp(backup, to);
  const db = new DatabaseSync(to);
  db.prepare('ATTACH ? AS live').run(dataFile);
  db.exec(`UPDATE local_calendar_events SET event = (SELECT event FROM live.local_calendar_events AS now
    WHERE now.calendar_id = local_calendar_events.calendar_id AND now.ics_uid = local_calendar_events.ics_uid)`);
  db.exec(`UPDATE backup_enclosed SET content = CAST(json_remove(CAST(content AS TEXT), '$.rest') AS BLOB)
    WHERE name = 'about.json'`);
  db.close();
};

/** A server on what a backup is restored to. */
const restored = async (file: string, data: string): Promise<World> => {
  const context = { terminal: recordingTerminal(), env: { HOLDFAST_DATA: data }, end: () => undefined };
  expect(await restore(context, file, {})).toBe(0);
  return startWorld({ data, subscribers: [] });
};

it('given built-in calendars in a backup, then all are in them but those who were forgotten since', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const [data, backup, before] = [join(folder.path, 'data'), join(folder.path, 'backup'), join(folder.path, 'before')];
  const world = await startWorld({ data, subscribers: [] });
  const uids = await livesThrough(world.client, world.server.idle);
  expect(tracesIn(await feedOf(world), wanted)).not.toEqual([]);
  await world.run('backup', backup);
  // Nobody has them who has a backup and no keys.
  expect(tracesIn(await readFile(backup), wanted)).toEqual([]);
  await asBefore(backup, before, join(data, 'holdfast.sqlite'));
  expect(tracesIn(await readFile(before), wanted)).not.toEqual([]);

  // Where nothing else is left, everything is as it was.
  const whole = await restored(backup, join(folder.path, 'whole'));
  const feed = await feedOf(whole);
  expect(tracesIn(feed, wanted).toSorted()).toEqual(tracesIn(await feedOf(world), wanted).toSorted());
  await whole.server.stop();

  await world.run('privacy', 'forget', EMAIL, '--cancel');
  await world.server.idle();
  for (const [name, file] of [
    ['known', backup],
    ['known-before', before],
  ] as const) {
    const there = join(folder.path, name);
    await cp(join(data, 'privacy-keys'), join(there, 'privacy-keys'), { recursive: true });
    const again = await restored(file, there);
    const shown = await feedOf(again);
    expect(tracesIn(shown, wanted)).toEqual([]);
    // Of another's booking in which she was a guest, the other one is still there.
    expect(shown).toContain('Introduction: Runa');
    expect(await again.get(`/v2/bookings/${uids[0]}`)).toContain('(erased)');
    await again.server.stop();
    expect(await filesWith(there, wanted)).toEqual([]);
  }
});
