import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { verifyLog } from '../../../src/cli/audit/audit-commands.ts';
import { printHead, proveBooking, rotateKey } from '../../../src/cli/audit/head-commands.ts';
import type { CliContext } from '../../../src/cli/terminal.ts';
import { DATA_FILE } from '../../../src/composition/open-storage.ts';
import { pendingHistory, sealed } from '../../support/booking-history.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { must, mustRun } from '../../support/must.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

const checker = fileURLToPath(new URL('../../../bin/check-proof.js', import.meta.url));
describe('signed heads and proofs', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    await append('booking-runa');
    await append('booking-ivar');
  });
  afterEach(() => folder.remove());

  const withFile = async (use: (file: ReturnType<typeof opened>) => Promise<void>): Promise<void> => {
    const file = opened();
    await use(file);
    await file.close();
  };
  const opened = () => mustOpen(join(folder.path, DATA_FILE));
  const append = (stream: string): Promise<void> =>
    withFile(async (file) => {
      const store = must(makeSqliteEventStore(file));
      await mustRun(store.append({ stream, expected: 'no-stream', events: sealed(stream, pendingHistory) }));
      await store.close();
    });
  const run = async (command: (context: CliContext) => Promise<number>) => {
    const terminal = recordingTerminal();
    const code = await command({ terminal, env: { HOLDFAST_DATA: folder.path }, end: () => undefined });
    return { code, stdout: terminal.written.out.join('\n'), stderr: terminal.written.err.join('\n') };
  };
  const head = async (): Promise<string> => {
    const path = join(folder.path, 'head.txt');
    await writeFile(path, `${(await run((context) => printHead(context, {}))).stdout}\n`);
    return path;
  };
  const since = (path: string, key?: string) =>
    run((context) => verifyLog(context, { since: path, ...(key === undefined ? {} : { key }) }));
  const check = (key: string, proof: string) =>
    spawnSync(process.execPath, [checker, key], { input: proof, encoding: 'utf8' });

  it('given a signed head and a log that has grown, then it extends the signed head', async () => {
    const path = await head();
    await append('booking-eva');
    const { code, stdout } = await since(path);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('extends the signed head of 12 events'),
    });
    const { mode } = await stat(join(folder.path, 'head-key.pem'));
    expect(mode & 0o777).toBe(0o600);
  });

  it('given a log cut at its end, then only the signed head tells', async () => {
    const path = await head();
    await withFile(async (file) => file.db.exec('DELETE FROM events WHERE position > 11'));
    expect(await run((context) => verifyLog(context, {}))).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('BROKEN'),
    });
    expect(await since(path)).toMatchObject({ code: 1, stderr: expect.stringContaining('its end was cut off') });
  });

  it('given a booking taken out and written anew, then the signed head tells', async () => {
    const path = await head();
    await withFile(async (file) => file.db.exec('DELETE FROM events WHERE position > 6'));
    await append('booking-eva');
    expect(await since(path)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('are not those of the signed head'),
    });
  });

  it('given a signed head of another key or another text, then it is not believed', async () => {
    const path = await head();
    const other = 'holdfast/x+00000000+AQ==';
    expect(await since(path, other)).toMatchObject({ code: 1, stderr: expect.stringContaining('key cannot be used') });
    const { stdout } = await run((context) => printHead(context, {}));
    await writeFile(path, `${stdout.replace('\n12\n', '\n6\n')}\n`);
    expect(await since(path)).toMatchObject({ code: 1, stderr: expect.stringContaining('not signed by this key') });
  });

  it('given keys that were rotated, then heads of each are believed by any of them, and of no other', async () => {
    const keys = [(await run((context) => printHead(context, { key: true }))).stdout];
    const heads = [await readFile(await head(), 'utf8')];
    for (const _ of [1, 2]) {
      keys.push((await run((context) => rotateKey(context, {}))).stdout);
      heads.push(await readFile(await head(), 'utf8'));
    }
    expect(new Set(keys).size).toBe(3);
    expect((await run((context) => printHead(context, { key: true }))).stdout).toBe(keys[2]);
    const path = join(folder.path, 'kept.txt');
    for (const key of [...keys, undefined])
      for (const kept of heads) {
        await writeFile(path, kept);
        expect(await since(path, key)).toMatchObject({ code: 0 });
      }
    expect((await stat(join(folder.path, 'head-key.pem'))).mode & 0o777).toBe(0o600);

    // Whoever can write the folder puts a key of theirs in place of the last one.
    const rotations = join(folder.path, 'head-key-rotations.json');
    const written = await readFile(rotations, 'utf8');
    const own = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await writeFile(join(folder.path, 'head-key.pem'), own);
    const theirs = (await run((context) => printHead(context, { key: true }))).stdout;
    await writeFile(rotations, written.replaceAll(keys[2] ?? '', theirs));
    await head();
    expect(await since(join(folder.path, 'head.txt'), keys[0])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not signed by this key'),
    });
  });

  it("given a rotation from a stranger's key to ours, signed by theirs, then their heads are not believed", async () => {
    const [ours, rotations] = [join(folder.path, 'head-key.pem'), join(folder.path, 'head-key-rotations.json')];
    await run((context) => printHead(context, { key: true }));
    const pem = await readFile(ours, 'utf8');
    await rm(ours);
    await run((context) => rotateKey(context, {}));
    const [{ previous }] = JSON.parse(await readFile(rotations, 'utf8'));
    await rm(rotations);
    // Their own key, and what it has signed, with ours in the place of the next one.
    const stranger = generateKeyPairSync('ed25519').privateKey;
    await writeFile(ours, stranger.export({ type: 'pkcs8', format: 'pem' }).toString());
    const theirs = (await run((context) => printHead(context, { key: true }))).stdout;
    const forged = await readFile(await head(), 'utf8');
    const proof = JSON.parse((await run((context) => proveBooking(context, 'runa'))).stdout);
    await writeFile(ours, pem);
    const key = (await run((context) => printHead(context, { key: true }))).stdout;
    expect(previous).not.toBe(key);
    const text = Buffer.from(`holdfast: heads are signed with another key\n${theirs}\n${key}\n`);
    const signature = sign(null, text, stranger).toString('base64');
    const rotation = { previous: theirs, key, signature, countersignature: signature };
    await writeFile(rotations, JSON.stringify([rotation]));
    const path = join(folder.path, 'forged.txt');
    await writeFile(path, forged);
    expect(await since(path, key)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not signed by this key'),
    });
    for (const more of [
      [rotation],
      [{ ...rotation, countersignature: undefined }],
      [{ ...rotation, key: theirs, previous: key }],
    ])
      expect(check(key, JSON.stringify({ ...proof, rotations: more }))).toMatchObject({ status: 1, stdout: '' });
  });

  it('given a proof and rotated keys, then the checker believes it by an earlier or a later key', async () => {
    const first = (await run((context) => printHead(context, { key: true }))).stdout;
    const early = (await run((context) => proveBooking(context, 'runa'))).stdout;
    await run((context) => rotateKey(context, {}));
    const last = (await run((context) => rotateKey(context, {}))).stdout;
    const late = (await run((context) => proveBooking(context, 'runa'))).stdout;
    expect(check(first, late)).toMatchObject({ status: 0, stdout: expect.stringContaining('the 6 events') });
    expect(check(last, late)).toMatchObject({ status: 0 });
    const { rotations } = JSON.parse(late);
    expect(rotations).toHaveLength(2);
    expect(check(last, JSON.stringify({ ...JSON.parse(early), rotations }))).toMatchObject({ status: 0 });
    expect(check(first, JSON.stringify({ ...JSON.parse(late), rotations: rotations.slice(1) }))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('not signed by the key, nor by one before or after it'),
    });
  });

  it('given a log without an event, or rotations that cannot be read, then no key is made', async () => {
    await writeFile(join(folder.path, 'head-key-rotations.json'), '{');
    expect(await run((context) => rotateKey(context, {}))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('head-key-rotations.json'),
    });
    await withFile(async (file) => file.db.exec('DELETE FROM events'));
    expect(await run((context) => rotateKey(context, {}))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('an empty log has no name'),
    });
  });

  it('given a proof, then the checker believes it by the key, and no other booking, order or content', async () => {
    const key = (await run((context) => printHead(context, { key: true }))).stdout;
    const proof = (await run((context) => proveBooking(context, 'runa'))).stdout;
    expect(check(key, proof)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('the 6 events of booking-runa'),
    });
    const forged = [
      proof.replace('runa@example.org', 'eve@example.org'),
      proof.replaceAll('booking-runa', 'booking-eve'),
      proof.replace('"index": 2', '"index": 3'),
      proof.replace('\\n12\\n', '\\n13\\n'),
      proof.replace('calendar_sync_failed', 'awaiting_approval'),
      JSON.stringify({ ...JSON.parse(proof), events: JSON.parse(proof).events.slice(1) }),
      JSON.stringify({ ...JSON.parse(proof), events: [] }),
    ];
    for (const each of forged) {
      expect(each).not.toBe(proof);
      expect(check(key, each)).toMatchObject({
        status: 1,
        stdout: '',
        stderr: expect.stringContaining('does not hold'),
      });
    }
    expect(check(key.replace('holdfast/', 'other/'), proof)).toMatchObject({ status: 1, stdout: '' });
  });

  it('given a uid that is not in the log, then there is nothing to prove', async () => {
    expect(await run((context) => proveBooking(context, 'nobody'))).toMatchObject({ code: 1, stdout: '' });
  });
});
