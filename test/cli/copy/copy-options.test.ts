import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { reveal } from '../../../src/application/secret.ts';
import { exitCode } from '../../../src/cli/terminal.ts';
import { copyStore } from '../../../src/cli/copy/copy-command.ts';
import { type CopyOptions, readPlaces } from '../../../src/cli/copy/copy-places.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

const SECRET = 'esdb://admin:hunter22@node:2113';
const env = { FROM: SECRET, EMPTY: ' ' };

const wrong: ReadonlyArray<readonly [why: string, options: CopyOptions, words: RegExp]> = [
  ['no place', {}, /one of --from-data/],
  ['no target', { fromData: 'data' }, /one of --to-data/],
  ['two sources', { fromData: 'data', fromEventstoredbEnv: 'FROM', toData: 'other' }, /one of --from-data/],
  ['two targets', { fromData: 'data', toEventstoredbFile: 'file', toData: 'other' }, /one of --to-data/],
  ['one folder twice', { fromData: 'data', toData: './data/../data' }, /the same data folder/],
  ['a variable that is not set', { fromEventstoredbEnv: 'ABSENT', toData: 'data' }, /ABSENT is not set/],
  ['an empty variable', { fromEventstoredbEnv: 'EMPTY', toData: 'data' }, /EMPTY is empty/],
  [
    'a file that is not there',
    { fromEventstoredbFile: 'no/such/file', toData: 'data' },
    /no\/such\/file cannot be read/,
  ],
  [
    'a connection string for a variable',
    { fromEventstoredbEnv: SECRET, toData: 'data' },
    /never the connection string/,
  ],
  [
    'a prefix for a data folder',
    { fromData: 'data', fromStreamPrefix: 'x-', toEventstoredbEnv: 'FROM' },
    /EventStoreDB alone/,
  ],
  ['a prefix of two parts', { fromData: 'data', toEventstoredbEnv: 'FROM', toStreamPrefix: 'a-b-' }, /its only dash/],
  ['a connection string for a file', { fromData: 'data', toEventstoredbFile: SECRET }, /never the connection string/],
];

describe('the places of a copy', () => {
  it.for(wrong)('given %s, when copied, then exit code 2 and no secret', async ([, options, words]) => {
    const terminal = recordingTerminal();
    const code = await copyStore({ terminal, env, end: () => expect.unreachable() }, options);
    expect({ code, out: terminal.written.out }).toEqual({ code: exitCode.usage, out: [] });
    expect(terminal.written.err.join('\n')).toMatch(words);
    expect(terminal.written.err.join('\n')).not.toContain('hunter22');
  });

  it('given a variable and a file, when read, then both are secrets without the line end', async () => {
    const { path, remove } = await temporaryFolder();
    const file = join(path, 'connection');
    await writeFile(file, `${SECRET}\n`);
    const places = must(await readPlaces(env, { fromEventstoredbFile: file, toEventstoredbEnv: 'FROM' }));
    await remove();
    expect(JSON.stringify(places)).not.toContain('hunter22');
    for (const place of [places.from, places.to])
      expect(place.type === 'eventstoredb' && reveal(place.connectionString)).toBe(SECRET);
  });

  it('given no prefix, then it is holdfast-; an empty one is a log from before there was one', async () => {
    const both = { fromEventstoredbEnv: 'FROM', toEventstoredbEnv: 'FROM', fromStreamPrefix: '' };
    expect(must(await readPlaces(env, both))).toMatchObject({
      from: { streamPrefix: '' },
      to: { streamPrefix: 'holdfast-' },
    });
  });

  it('given a data folder, when read, then its path is absolute', async () => {
    const places = await readPlaces(env, { fromData: 'data', toEventstoredbEnv: 'FROM' });
    expect(places).toMatchObject(E.right({ from: { type: 'data', folder: join(process.cwd(), 'data') } }));
  });
});
