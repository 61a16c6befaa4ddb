import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../../../src/adapters/configuration/configuration.ts';
import { aFile, aHost, anEventType } from '../../support/configuration/files.ts';
import { configurationOf, placesOf } from '../../support/configuration/load-text.ts';

/** Values of `key` in the file, in its unit; `inMs`: milliseconds of one. `read`: where the program has it. */
type Wait = {
  readonly path: string;
  readonly inMs: number;
  readonly usual: number | ReadonlyArray<number> | null;
  readonly lowest: number;
  readonly highest: number;
  readonly fileWith: (value: unknown) => unknown;
  readonly read: (configuration: Configuration) => unknown;
};

const SECOND = 1_000;
const HOUR = 3_600_000;

const timing = (
  key: string,
  [usual, lowest, highest]: readonly [number, number, number],
  read: (timings: Configuration['timings']) => number,
): Wait => ({
  path: `timings.${key}`,
  inMs: SECOND,
  ...{ usual, lowest, highest },
  fileWith: (value) => aFile(value === undefined ? {} : { timings: { [key]: value } }),
  read: ({ timings }) => read(timings),
});

const retrying = (
  kind: 'calendar' | 'mail' | 'webhook',
  key: 'baseInSeconds' | 'capInSeconds' | 'deadlineInHours',
  [usual, lowest, highest]: readonly [number, number, number],
): Wait => {
  const others = {
    baseInSeconds: { capInSeconds: 86_400 },
    capInSeconds: { baseInSeconds: 0.01 },
    deadlineInHours: {},
  };
  const names = { baseInSeconds: 'baseMs', capInSeconds: 'capMs', deadlineInHours: 'deadlineMs' } as const;
  return {
    path: `retries.${kind}.${key}`,
    inMs: key === 'deadlineInHours' ? HOUR : SECOND,
    ...{ usual, lowest, highest },
    fileWith: (value) => aFile(value === undefined ? {} : { retries: { [kind]: { ...others[key], [key]: value } } }),
    read: ({ retries }) => retries[kind][names[key]],
  };
};

const withEventType = (changes: Readonly<Record<string, unknown>>) =>
  aFile({ hosts: [aHost({ eventTypes: [anEventType(changes)] })] });
const eventTypeOf = ({ hosts }: Configuration) => hosts[0]?.eventTypes[0];

/** Minutes stay minutes: they are written into the log as they are. */
const ofEventType = (
  path: string,
  [usual, lowest, highest]: readonly [Wait['usual'], number, number],
  changes: (value: unknown) => Readonly<Record<string, unknown>>,
  read: (eventType: ReturnType<typeof eventTypeOf>) => unknown,
): Wait => ({
  path: `hosts[0].eventTypes[0].${path}`,
  inMs: 1,
  ...{ usual, lowest, highest },
  fileWith: (value) => withEventType(changes(value)),
  read: (configuration) => read(eventTypeOf(configuration)),
});

const waits: ReadonlyArray<Wait> = [
  timing('settleWindowInSeconds', [3, 0, 60], ({ settleWindowMs }) => settleWindowMs),
  timing('answerWaitInSeconds', [5, 0, 60], ({ answerWaitMs }) => answerWaitMs),
  timing('rescheduleAllowanceInSeconds', [300, 1, 86_400], ({ rescheduleAllowanceMs }) => rescheduleAllowanceMs),
  timing('calendarTimeLimitInSeconds', [10, 0.1, 120], ({ calendarTimeLimitMs }) => calendarTimeLimitMs),
  timing('conferencingTimeLimitInSeconds', [10, 0.1, 120], ({ conferencingTimeLimitMs }) => conferencingTimeLimitMs),
  timing('mailTimeLimitInSeconds', [30, 0.1, 120], ({ mailTimeLimitMs }) => mailTimeLimitMs),
  timing('webhookTimeLimitInSeconds', [10, 0.1, 120], ({ webhookTimeLimitMs }) => webhookTimeLimitMs),
  timing('leaseInSeconds', [15, 2, 300], ({ leaseMs }) => leaseMs),
  retrying('calendar', 'baseInSeconds', [5, 0.01, 86_400]),
  retrying('calendar', 'capInSeconds', [900, 0.01, 86_400]),
  retrying('calendar', 'deadlineInHours', [24, 0, 720]),
  ...(['mail', 'webhook'] as const).flatMap((kind) => [
    retrying(kind, 'baseInSeconds', [10, 0.01, 86_400]),
    retrying(kind, 'capInSeconds', [3_600, 0.01, 86_400]),
    retrying(kind, 'deadlineInHours', [24, 0, 720]),
  ]),
  {
    path: 'privacy.forgetAfterDays',
    inMs: 1,
    ...{ usual: null, lowest: 1, highest: 36_500 },
    fileWith: (value) => aFile(value === undefined ? {} : { privacy: { forgetAfterDays: value } }),
    read: ({ privacy }) => privacy.forgetAfterDays,
  },
  ofEventType(
    'confirmationPolicy.deadlineBeforeStartInMinutes',
    [120, 0, 525_600],
    (value) => ({ confirmationPolicy: { type: 'always', deadlineBeforeStartInMinutes: value } }),
    (eventType) => eventType?.confirmationPolicy?.deadlineBeforeStart,
  ),
  ofEventType(
    'confirmationPolicy.remindHostAfterInMinutes[0]',
    [180, 1, 525_600],
    (value) => ({
      confirmationPolicy: { type: 'always', ...(value === undefined ? {} : { remindHostAfterInMinutes: [value] }) },
    }),
    (eventType) => eventType?.confirmationPolicy?.remindHostAfter[0],
  ),
  ofEventType(
    'remindersInMinutes[0]',
    [null, 1, 43_200],
    (value) => (value === undefined ? {} : { remindersInMinutes: [value] }),
    (eventType) => eventType?.reminders[0] ?? null,
  ),
  ofEventType(
    'noShowCheckInMinutes',
    [null, 0, 1_440],
    (value) => ({ noShowCheckInMinutes: value }),
    (eventType) => eventType?.noShowCheck,
  ),
];

describe.each(waits)('$path', ({ path, inMs, usual, lowest, highest, fileWith, read }) => {
  const valueOf = async (value: unknown) => read(await configurationOf(fileWith(value)));

  it('has its default where it is not said, and takes the lowest and the highest value', async () => {
    expect(await valueOf(undefined)).toEqual(typeof usual === 'number' ? usual * inMs : usual);
    expect(await valueOf(lowest)).toBe(lowest * inMs);
    expect(await valueOf(highest)).toBe(highest * inMs);
  });

  it('is refused by name below, above, and as a word', async () => {
    const step = Number.isInteger(lowest) ? 1 : 0.001;
    for (const value of [lowest - step, highest + 1, -1])
      expect(await placesOf(fileWith(value)), String(value)).toEqual([`${path} out_of_range`]);
    for (const value of ['soon', true, [5], { a: 1 }])
      expect(await placesOf(fileWith(value)), JSON.stringify(value)).toEqual([`${path} wrong_type`]);
  });

  it('is documented with its default and its limits', () => {
    const names = path.split('.');
    const key = (path.startsWith('retries') ? names.slice(1).join('.') : (names.at(-1) ?? '')).replace('[0]', '');
    const rows = readFileSync('docs/configuration.md', 'utf8').split('\n');
    const row = rows.find((line) => line.startsWith('| `') && (line.split('|')[1] ?? '').includes(`\`${key}\``));
    expect(row).toMatch(new RegExp(`\\b${lowest}(–| to )${highest}\\b`));
    expect(row).toContain(usual === null ? '| none ' : String(usual));
  });
});

it('retries: a longest wait below the first one is refused by name', async () => {
  const retries = { mail: { baseInSeconds: 20, capInSeconds: 10 } };
  expect(await placesOf(aFile({ retries }))).toEqual(['retries.mail.capInSeconds wrong_order']);
});
