import { expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { makeMemoryEventStore } from '../../../src/adapters/event-store/embedded/memory-event-store.ts';
import type { ChangeEvent } from '../../../src/domain/installation/change-events.ts';
import { MOST_PATHS } from '../../../src/domain/installation/changes-stream.ts';
import type { Actor } from '../../../src/domain/log/envelope.ts';
import { GENESIS_HASH, seal } from '../../../src/domain/log/hash-chain.ts';
import { condensedChanges } from '../../../src/projections/audit/condensed-changes.ts';
import { installationChanges } from '../../../src/projections/audit/installation-changes.ts';
import { must, mustRun } from '../../support/must.ts';

const KEY = 'holdfast/c8e1a9615ea06e53+9f3a11bd+ARkeyOfHeads';
const NAMES: Readonly<Record<string, string>> = { key_a: 'console', key_b: 'console', environment: 'HOLDFAST_API_KEY' };
const names = { ofActor: (id: string) => NAMES[id] ?? null, calendarLabel: (id: string) => id };

const head = (minute: string, size: number, node = 'node-a'): readonly [ChangeEvent, string?] => [
  {
    type: 'HeadSigned',
    occurredAt: `2050-09-05T${minute}:00Z`,
    data: { size, root: 'root', note: 'a\nlong\nnote', key: KEY, node },
  },
];
const offline = { keyId: 'key_b', number: 0, by: null };
const settings = (...paths: ReadonlyArray<string>) => paths.map((path) => ({ path, digest: 'fedcba9876543210' }));
const newType = settings(...Array.from({ length: 9 }, (_, index) => `hosts[odd].eventTypes[ask].part${index}`));

const many = Array.from({ length: MOST_PATHS }, (_, index) => `hosts[h${index}].name`);

const events: ReadonlyArray<readonly [ChangeEvent, string?]> = [
  [
    {
      type: 'ConfigurationChanged',
      occurredAt: '2050-09-05T07:00:00Z',
      data: { when: 'start', keyed: 'k', changes: [] },
    },
  ],
  [{ type: 'HeadKeyChanged', occurredAt: '2050-09-05T07:00:00Z', data: { key: KEY, previous: null, signature: null } }],
  head('07:00', 5),
  head('08:00', 7),
  head('09:00', 9),
  head('09:01', 9, 'node-b'),
  [
    {
      type: 'ApiKeyMade',
      occurredAt: '2050-09-05T10:00:00Z',
      data: { ...offline, roles: ['read'], hostId: null, createdAt: '2050-09-04T21:00:00Z' },
    },
  ],
  [
    {
      type: 'ConfigurationChanged',
      occurredAt: '2050-09-05T11:00:00Z',
      data: { when: 'reload', keyed: 'k', changes: [...newType, ...settings('mail.from.name')] },
    },
    'key_a',
  ],
  [
    {
      type: 'PersonalDataRead',
      occurredAt: '2050-09-05T12:00:00Z',
      data: { keyId: 'environment', hour: '2050-09-05T12:00:00Z', answers: { feed: 3 } },
    },
    'environment',
  ],
  head('13:00', 12),
  [
    {
      type: 'ConfigurationChanged',
      occurredAt: '2050-09-05T14:00:00Z',
      data: { when: 'start', keyed: 'another', changes: settings(...many) },
    },
  ],
  [
    {
      type: 'ConfigurationChanged',
      occurredAt: '2050-09-05T14:00:00Z',
      data: { when: 'start', keyed: 'another', changes: settings('mail.from.name', 'mail.type') },
    },
  ],
];

const recorded = async () => {
  const store = makeMemoryEventStore();
  const envelopes = events.map(([{ type, occurredAt, data }, by], index) => {
    const actor: Actor = by === undefined ? { kind: 'system' } : { kind: 'operator', id: by };
    const common = { id: String(index), version: 1, correlationId: 'installation', causationId: null };
    return { ...common, type, occurredAt, actor, data };
  });
  const stream = 'changes-installation';
  await mustRun(store.append({ stream, expected: 'no-stream', events: seal(sha256Hex)(GENESIS_HASH, envelopes) }));
  return must(await installationChanges(store, names, { from: null, to: null }));
};

it('given heads in a row, keys told late, many settings, then short lines say when, who and what', async () => {
  const { changes, unreadable } = await recorded();
  expect(unreadable).toBe(0);
  expect(condensedChanges(changes).map(({ at, by, what }) => `${at.slice(8, 16)} ${by}: ${what}`)).toEqual([
    '05T07:00 the server: the configuration is known from here on (at a start): 0 settings',
    '05T07:00 the server: heads are signed with holdfast/c8e1a9615ea06e53+9f3a11bd',
    '05T07:00 the server: 3 heads were signed until 2050-09-05T09:00:00Z; last, the head of 9 events was signed, to be sent by node node-a',
    '05T09:01 the server: the head of 9 events was signed, to be sent by node node-b',
    '04T21:00 the data folder: key "console" (key_b) was made, roles read; the log was told at 2050-09-05T10:00:00Z',
    '05T11:00 console (key_a): the configuration changed (by a reload): now hosts[odd].eventTypes[ask] (9 settings), mail.from.name',
    '05T12:00 HOLDFAST_API_KEY: personal data was read in the hour from 2050-09-05T12:00:00Z: feed 3',
    '05T13:00 the server: the head of 12 events was signed, to be sent by node node-a',
    '05T14:00 the server: the secret of the installation is another one (at a start), so that nothing can be compared: 2000 settings',
    '05T14:00 the server: more of the configuration (at a start): 2 settings',
  ]);
  expect(changes[6]).toMatchObject({ at: '2050-09-04T21:00:00Z', recordedAt: '2050-09-05T10:00:00Z', byKey: null });
});
