import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { keyFile } from '../../../src/adapters/privacy/key-files.ts';
import { openSubjectKeys, readSubjectKeys } from '../../../src/adapters/privacy/subject-key-folder.ts';
import { must } from '../../support/must.ts';
import { temporaryFolder } from '../../support/data-file.ts';

const cleanUp: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const remove of cleanUp.splice(0)) await remove();
});
const newFolder = async (): Promise<string> => {
  const { path, remove } = await temporaryFolder();
  cleanUp.push(remove);
  return path;
};
const opened = async () => {
  const folder = join(await newFolder(), 'keys');
  return { folder, keys: must(await openSubjectKeys(folder)) };
};
const NILS = 'nils@example.org';

describe('the folder of keys', () => {
  it('opens what was sealed, in its own place alone, also after a restart and beside a server', async () => {
    const { folder, keys } = await opened();
    const id = keys.keyFor(NILS);
    const sealed = keys.seal(id, 'event 1', 'a text');
    await keys.saved();
    const [again, beside] = [must(await openSubjectKeys(folder)), must(readSubjectKeys(folder))];
    for (const one of [keys, again, beside]) {
      expect(one.open(id, 'event 1', sealed)).toBe('a text');
      expect(one.open(id, 'event 2', sealed)).toEqual({ type: 'Unsealable', key: id });
      expect(one.open(id, 'event 1', `${sealed.startsWith('A') ? 'B' : 'A'}${sealed.slice(1)}`)).toEqual({
        type: 'Unsealable',
        key: id,
      });
    }
    expect(again.keyFor(NILS)).toBe(id);
  });

  it('has a key for each person, and tells nobody who it is', async () => {
    const { folder, keys } = await opened();
    expect(keys.keyFor(NILS)).not.toBe(keys.keyFor('ola@example.org'));
    await keys.saved();
    const texts = readdirSync(folder).map((name) => `${name} ${readFileSync(join(folder, name), 'utf8')}`);
    expect(texts).toHaveLength(3);
    expect(texts.join()).not.toMatch(/nils|ola/);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
    const other = await opened();
    expect(other.keys.subjectOf(NILS)).not.toBe(keys.subjectOf(NILS));
  });

  it('destroys a key for good; the same person later gets another one', async () => {
    const { folder, keys } = await opened();
    const id = keys.keyFor(NILS);
    const sealed = keys.seal(id, 'c', 'a text');
    await keys.saved();
    const before = join(await newFolder(), 'copy');
    cpSync(folder, before, { recursive: true });
    await keys.destroy(keys.retire(keys.subjectOf(NILS)));
    expect(keys.open(id, 'c', sealed)).toBeNull();
    expect(readdirSync(folder).some((name) => name.includes(id) || name.endsWith('.key'))).toBe(false);
    expect(keys.keyFor(NILS)).not.toBe(id);
    cpSync(keyFile(before, id), keyFile(folder, id));
    expect(must(await openSubjectKeys(folder)).open(id, 'c', sealed)).toBeNull();
    expect(readdirSync(folder)).not.toContain(`${id}.key`);
  });

  it('wraps every key anew: the file of wrapping keys of before opens nothing any more', async () => {
    const { folder, keys } = await opened();
    const id = keys.keyFor(NILS);
    const sealed = keys.seal(id, 'c', 'a text');
    await keys.saved();
    const wrapping = readFileSync(join(folder, 'wrapping-keys.json'));
    expect(await keys.rotate()).toBe(1);
    expect(must(readSubjectKeys(folder)).open(id, 'c', sealed)).toBe('a text');
    expect(keys.seal(keys.keyFor(NILS), 'c', 'more')).not.toBe('');
    writeFileSync(join(folder, 'wrapping-keys.json'), wrapping);
    expect(must(readSubjectKeys(folder)).open(id, 'c', sealed)).toBeNull();
    expect(await openSubjectKeys(folder)).toMatchObject({
      left: { reason: expect.stringContaining('another folder') },
    });
  });

  it('given one key that is damaged, then it is missing, and everything else goes on', async () => {
    const { folder, keys } = await opened();
    const [damaged, whole] = [keys.keyFor(NILS), keys.keyFor('ola@example.org')];
    const [sealed, other] = [keys.seal(damaged, 'c', 'a text'), keys.seal(whole, 'c', 'another')];
    await keys.saved();
    const text = readFileSync(keyFile(folder, damaged), 'utf8');
    writeFileSync(
      keyFile(folder, damaged),
      text.replace(/ (.)(\S*)\n$/, (_, first) => ` ${first === 'A' ? 'B' : 'A'}$2\n`),
    );
    const again = must(await openSubjectKeys(folder));
    expect([again.open(damaged, 'c', sealed), again.isMissing(damaged)]).toEqual([null, true]);
    expect(again.open(whole, 'c', other)).toBe('another');
    // Whoever has it books again, and the others get new wrapping keys.
    const next = again.keyFor(NILS);
    expect(again.open(next, 'c', again.seal(next, 'c', 'more'))).toBe('more');
    expect(await again.rotate()).toBe(2);
    await again.destroy(again.retire(again.subjectOf(NILS)));
    expect(readdirSync(folder).filter((name) => name.endsWith('.key'))).toEqual([`${whole}.key`]);
  });

  it('given a note of destroyed keys that a full disk cut off, then the next one is read', async () => {
    const { folder, keys } = await opened();
    const id = keys.keyFor(NILS);
    await keys.saved();
    writeFileSync(join(folder, 'forgotten.txt'), '0123456789');
    await keys.destroy([id]);
    expect(readFileSync(join(folder, 'forgotten.txt'), 'utf8')).toBe(`0123456789\n${id}\n`);
  });

  it('reads no path that a log names, and says that a folder without its wrapping keys is unusable', async () => {
    const { folder, keys } = await opened();
    expect(keys.open('../wrapping-keys', 'c', '')).toBeNull();
    keys.keyFor(NILS);
    await keys.saved();
    writeFileSync(join(folder, 'wrapping-keys.json'), '{}');
    expect(await openSubjectKeys(folder)).toMatchObject({ left: { type: 'KeyFolderUnusable', path: folder } });
  });

  it('given two nodes, when one destroys a key, then the other seals with a new one', async () => {
    const { folder, keys } = await opened();
    const other = must(await openSubjectKeys(folder));
    const id = keys.keyFor(NILS);
    await keys.saved();
    expect(other.seal(id, 'c', 'kept in memory')).not.toBe('');
    await other.destroy(other.retire(other.subjectOf(NILS)));
    const next = keys.keyFor(NILS);
    expect(next).not.toBe(id);
    const sealed = keys.seal(next, 'c', 'a text');
    await keys.saved();
    expect(must(await openSubjectKeys(folder)).open(next, 'c', sealed)).toBe('a text');
  });

  it('given two nodes, when one destroys a key of somebody in doubt, then the other opens nothing with it', async () => {
    const { folder, keys } = await opened();
    const other = must(await openSubjectKeys(folder));
    const id = keys.keyFor(NILS);
    const sealed = keys.seal(id, 'c', 'a text');
    await keys.saved();
    keys.doubt(keys.subjectOf(NILS));
    expect(keys.open(id, 'c', sealed)).toBe('a text');
    await other.destroy(other.retire(other.subjectOf(NILS)));
    expect(keys.open(id, 'c', sealed)).toBeNull();
    expect(keys.isMissing(id)).toBe(false);
  });

  it('given two nodes, when one changes the wrapping key, then both read all keys, also after a restart', async () => {
    const { folder, keys } = await opened();
    const other = must(await openSubjectKeys(folder));
    const id = other.keyFor(NILS);
    await other.saved();
    await keys.rotate();
    const made = other.keyFor('ola@example.org');
    const [sealed, text] = [other.seal(made, 'c', 'a text'), keys.seal(id, 'c', 'another')];
    await other.saved();
    await other.rotate();
    const again = must(await openSubjectKeys(folder));
    for (const one of [keys, other, again])
      expect([one.open(made, 'c', sealed), one.open(id, 'c', text)]).toEqual(['a text', 'another']);
  });
});
