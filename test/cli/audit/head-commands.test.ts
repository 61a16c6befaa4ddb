import { generateKeyPairSync, sign } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyLog } from '../../../src/cli/audit/audit-commands.ts';
import { printHead, proveBooking, rotateKey } from '../../../src/cli/audit/head-commands.ts';
import { openSignedLog } from './signed-log.helper.ts';

describe('signed heads and proofs', () => {
  let log: Awaited<ReturnType<typeof openSignedLog>>;
  beforeEach(async () => {
    log = await openSignedLog();
  });
  afterEach(() => log.remove());

  it('given a signed head and a log that has grown, then it extends the signed head', async () => {
    const path = await log.head();
    await log.append('booking-eva');
    const { code, stdout } = await log.since(path);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('extends the signed head of 12 events'),
    });
    const { mode } = await stat(join(log.path, 'head-key.pem'));
    expect(mode & 0o777).toBe(0o600);
  });

  it('given a log cut at its end, then only the signed head tells', async () => {
    const path = await log.head();
    await log.withFile(async (file) => file.db.exec('DELETE FROM events WHERE position > 11'));
    expect(await log.run((context) => verifyLog(context, {}))).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('BROKEN'),
    });
    expect(await log.since(path)).toMatchObject({ code: 1, stderr: expect.stringContaining('its end was cut off') });
  });

  it('given a booking taken out and written anew, then the signed head tells', async () => {
    const path = await log.head();
    await log.withFile(async (file) => file.db.exec('DELETE FROM events WHERE position > 6'));
    await log.append('booking-eva');
    expect(await log.since(path)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('are not those of the signed head'),
    });
  });

  it('given a signed head of another key or another text, then it is not believed', async () => {
    const path = await log.head();
    const other = 'holdfast/x+00000000+AQ==';
    expect(await log.since(path, other)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('key cannot be used'),
    });
    const { stdout } = await log.run((context) => printHead(context, {}));
    await writeFile(path, `${stdout.replace('\n12\n', '\n6\n')}\n`);
    expect(await log.since(path)).toMatchObject({ code: 1, stderr: expect.stringContaining('not signed by this key') });
  });

  it('given keys that were rotated, then heads of each are believed by any of them, and of no other', async () => {
    const keys = [await log.key()];
    const heads = [await readFile(await log.head(), 'utf8')];
    for (const _ of [1, 2]) {
      keys.push((await log.run((context) => rotateKey(context, {}))).stdout);
      heads.push(await readFile(await log.head(), 'utf8'));
    }
    expect(new Set(keys).size).toBe(3);
    expect(await log.key()).toBe(keys[2]);
    const path = join(log.path, 'kept.txt');
    for (const key of [...keys, undefined])
      for (const kept of heads) {
        await writeFile(path, kept);
        expect(await log.since(path, key)).toMatchObject({ code: 0 });
      }
    expect((await stat(join(log.path, 'head-key.pem'))).mode & 0o777).toBe(0o600);

    // Whoever can write the folder puts a key of theirs in place of the last one.
    const rotations = join(log.path, 'head-key-rotations.json');
    const written = await readFile(rotations, 'utf8');
    const own = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await writeFile(join(log.path, 'head-key.pem'), own);
    const theirs = await log.key();
    await writeFile(rotations, written.replaceAll(keys[2] ?? '', theirs));
    await log.head();
    expect(await log.since(join(log.path, 'head.txt'), keys[0])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not signed by this key'),
    });
  });

  it("given a rotation from a stranger's key to ours, signed by theirs, then their heads are not believed", async () => {
    const [ours, rotations] = [join(log.path, 'head-key.pem'), join(log.path, 'head-key-rotations.json')];
    await log.run((context) => printHead(context, { key: true }));
    const pem = await readFile(ours, 'utf8');
    await rm(ours);
    await log.run((context) => rotateKey(context, {}));
    const [{ previous }] = JSON.parse(await readFile(rotations, 'utf8'));
    await rm(rotations);
    // Their own key, and what it has signed, with ours in the place of the next one.
    const stranger = generateKeyPairSync('ed25519').privateKey;
    await writeFile(ours, stranger.export({ type: 'pkcs8', format: 'pem' }).toString());
    const theirs = await log.key();
    const forged = await readFile(await log.head(), 'utf8');
    const proof = JSON.parse((await log.run((context) => proveBooking(context, 'runa'))).stdout);
    await writeFile(ours, pem);
    const key = await log.key();
    expect(previous).not.toBe(key);
    const text = Buffer.from(`holdfast: heads are signed with another key\n${theirs}\n${key}\n`);
    const signature = sign(null, text, stranger).toString('base64');
    const rotation = { previous: theirs, key, signature, countersignature: signature };
    await writeFile(rotations, JSON.stringify([rotation]));
    const path = join(log.path, 'forged.txt');
    await writeFile(path, forged);
    expect(await log.since(path, key)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not signed by this key'),
    });
    for (const more of [
      [rotation],
      [{ ...rotation, countersignature: undefined }],
      [{ ...rotation, key: theirs, previous: key }],
    ])
      expect(log.check(key, JSON.stringify({ ...proof, rotations: more }))).toMatchObject({ status: 1, stdout: '' });
  });

  it('given a proof and rotated keys, then the checker believes it by an earlier or a later key', async () => {
    const first = await log.key();
    const early = (await log.run((context) => proveBooking(context, 'runa'))).stdout;
    await log.run((context) => rotateKey(context, {}));
    const last = (await log.run((context) => rotateKey(context, {}))).stdout;
    const late = (await log.run((context) => proveBooking(context, 'runa'))).stdout;
    expect(log.check(first, late)).toMatchObject({ status: 0, stdout: expect.stringContaining('the 6 events') });
    expect(log.check(last, late)).toMatchObject({ status: 0 });
    const { rotations } = JSON.parse(late);
    expect(rotations).toHaveLength(2);
    expect(log.check(last, JSON.stringify({ ...JSON.parse(early), rotations }))).toMatchObject({ status: 0 });
    expect(log.check(first, JSON.stringify({ ...JSON.parse(late), rotations: rotations.slice(1) }))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('not signed by the key, nor by one before or after it'),
    });
  });

  it('given a log without an event, or rotations that cannot be read, then no key is made', async () => {
    await writeFile(join(log.path, 'head-key-rotations.json'), '{');
    expect(await log.run((context) => rotateKey(context, {}))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('head-key-rotations.json'),
    });
    await log.withFile(async (file) => file.db.exec('DELETE FROM events'));
    expect(await log.run((context) => rotateKey(context, {}))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('an empty log has no name'),
    });
  });

  it('given no key beside the log, then --since makes none and asks for it, before the log is read', async () => {
    const path = await log.head();
    const key = await log.key();
    const file = join(log.path, 'head-key.pem');
    await rm(file);
    expect(await log.since(path)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/there is no .*head-key\.pem: say with --key .* \[head_key_missing\]/),
    });
    await expect(stat(file)).rejects.toThrow('ENOENT');
    expect(await log.since(path, key)).toMatchObject({ code: 0 });
    await log.withFile(async ({ db }) => db.exec('DROP TABLE events'));
    expect(await log.since(path, join(log.path, 'no.key'))).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/no\.key cannot be read: .*\[file_unreadable\]/),
    });
    await writeFile(file, 'not a key');
    expect(await log.since(path)).toMatchObject({ code: 1, stderr: expect.stringContaining('[head_key_unusable]') });
  });

  it('given a signed head that an editor has saved with a byte order mark, then it is read', async () => {
    const path = await log.head();
    await writeFile(path, `\uFEFF${await readFile(path, 'utf8')}`);
    expect(await log.since(path)).toMatchObject({ code: 0 });
    await writeFile(path, 'nothing of it');
    expect(await log.since(path)).toMatchObject({ code: 1, stderr: expect.stringContaining('[no_signed_head]') });
  });

  it('given a uid that is not in the log, then there is nothing to prove', async () => {
    expect(await log.run((context) => proveBooking(context, 'nobody'))).toMatchObject({ code: 1, stdout: '' });
  });
});
