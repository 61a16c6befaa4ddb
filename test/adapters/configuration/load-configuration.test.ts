import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { demoConfiguration } from '../../../src/adapters/configuration/demo-configuration.ts';
import { loadConfiguration, loadSettings } from '../../../src/adapters/configuration/load-configuration.ts';
import { aFile, aHost, anEventType } from '../../support/configuration/files.ts';
import { configurationOf, errorsOf, filesOf, loadFile, placesOf } from '../../support/configuration/load-text.ts';

describe('without HOLDFAST_CONFIG', () => {
  it('is the demo: one type that is accepted at once, one that asks, and a local calendar', async () => {
    const loaded = await loadConfiguration({}, filesOf({}))();
    expect(loaded).toEqual(E.right(demoConfiguration));
    expect(demoConfiguration.hosts).toMatchObject([
      {
        username: 'demo',
        calendarIds: ['demo_calendar'],
        eventTypes: [
          { id: 1, slug: 'intro', lengthInMinutes: 30, requiresConfirmation: false },
          { id: 2, slug: 'ask', lengthInMinutes: 30, requiresConfirmation: true },
        ],
      },
    ]);
    expect(demoConfiguration.calendars).toMatchObject([{ id: 'demo_calendar', type: 'local' }]);
  });
});

describe('a small file', () => {
  it('is filled up with the defaults that the documentation names', async () => {
    const configuration = await configurationOf(aFile());
    expect(configuration).toMatchObject({
      publicUrl: null,
      guestActions: 'token',
      calendars: [],
      webhooks: [],
      mail: { type: 'folder', from: { name: 'Holdfast', address: 'holdfast@localhost' } },
      timings: { settleWindowMs: 3000, answerWaitMs: 5000, calendarTimeLimitMs: 10_000 },
      retries: { calendar: { baseMs: 5000, capMs: 900_000, deadlineMs: 86_400_000 } },
      limits: { bodyBytes: 65_536, requestsPerMinute: null, mailsOfStrangers: null },
      hosts: [
        {
          acceptance: 'any-of',
          weeklyHours: [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }],
          eventTypes: [{ minimumNotice: 120, bookingWindow: { type: 'unlimited' } }],
        },
      ],
    });
  });

  it('is the same in YAML as in JSON', async () => {
    const yaml = `
hosts:
  - { id: odd, number: 1, username: odd, name: Odd Hansen, email: odd@example.org, timeZone: europe/oslo,
      eventTypes: [{ id: 1, slug: intro, title: Introduction, lengthInMinutes: 30 }] }
`;
    expect(await loadFile(yaml)).toEqual(E.right(await configurationOf(aFile())));
  });

  it('turns durations into milliseconds, fractions of a second included', async () => {
    const { timings } = await configurationOf(aFile({ timings: { settleWindowInSeconds: 0.25 } }));
    expect(timings.settleWindowMs).toBe(250);
  });
});

describe('a file with several errors', () => {
  it('is told all of them at once, each with its path, also those between parts', async () => {
    const wrongType = anEventType({ slug: 'In Tro', lengthInMinutes: 0 });
    const file = {
      hosts: [
        aHost({ timeZone: 'Oslo', calendars: ['wrok'], eventTypes: [wrongType] }),
        aHost({ id: 'runa', number: 2, eventTypes: [anEventType({ lenghtInMinutes: 30 })] }),
      ],
      calendars: [{ id: 'work', label: 'Work', type: 'local' }],
      guestActions: 'closed',
    };
    expect((await placesOf(file)).toSorted()).toEqual([
      'calendars[0].id conflict',
      'guestActions not_one_of',
      'hosts[0].calendars[0] unknown_reference',
      'hosts[0].eventTypes[0].lengthInMinutes out_of_range',
      'hosts[0].eventTypes[0].slug bad_format',
      'hosts[0].timeZone bad_format',
      'hosts[1].eventTypes[0].id duplicate',
      'hosts[1].eventTypes[0].lenghtInMinutes unknown_key',
      'hosts[1].username duplicate',
    ]);
  });

  it('is told together with the errors of the environment', async () => {
    const env = { HOLDFAST_CONFIG: '/x.yaml', PORT: '70000', HOLDFAST_API_KEY: 'short' };
    const loaded = await loadSettings(env, filesOf({ '/x.yaml': '{ "hosts": [] }' }))();
    const places = E.isLeft(loaded) ? loaded.left.map(({ path, code }) => `${path} ${code}`) : [];
    expect(places.toSorted()).toEqual(['HOLDFAST_API_KEY weak_key', 'PORT out_of_range', 'hosts out_of_range']);
  });
});

describe('unknown keys', () => {
  it.each([
    [aFile({ webhoks: [] }), '; did you mean "webhooks"?'],
    [aFile({ timings: { settleWindow: 3 } }), '; did you mean "settleWindowInSeconds"?'],
    [aFile({ hosts: [aHost({ Acceptance: 'x' })] }), '; did you mean "acceptance"?'],
    [aFile({ colour: 'red' }), 'is not a known key'],
  ])('are refused with what was probably meant (%#)', async (file, words) => {
    const [error] = await errorsOf(file);
    expect(error?.code).toBe('unknown_key');
    expect(error?.message.endsWith(words)).toBe(true);
  });

  it('are refused also when they are called __proto__', async () => {
    expect(await placesOf('__proto__: { hosts: [] }')).toEqual(['hosts missing', '__proto__ unknown_key']);
  });
});

describe('a file that cannot be used', () => {
  it('is told when it is not there', async () => {
    const loaded = await loadConfiguration({ HOLDFAST_CONFIG: '/nowhere.yaml' }, filesOf({}))();
    expect(loaded).toMatchObject(E.left([{ path: 'HOLDFAST_CONFIG', code: 'unreadable' }]));
  });

  it('is told when it has more than 1 MiB', async () => {
    expect(await placesOf(`# ${'x'.repeat(1_048_576)}`)).toEqual(['HOLDFAST_CONFIG too_large']);
  });

  it.each(['', '[]', 'hosts'])('is told when it is no mapping: %j', async (file) => {
    expect(await placesOf(file)).toEqual(['(file) wrong_type']);
  });
});
