import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeSqliteEventStore } from '../../../src/adapters/event-store/embedded/sqlite-event-store.ts';
import { makeProgram } from '../../../src/cli/program.ts';
import { DATA_FILE } from '../../../src/composition/open-storage.ts';
import { runDemo } from '../../../demo/run-demo.ts';
import { introBody } from '../../support/booking-bodies.ts';
import { mustOpen, temporaryFolder } from '../../support/data-file.ts';
import { ask, intro, odd } from '../../support/hosts.ts';
import { must } from '../../support/must.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';
import { startTestApp, type TestApp } from '../../support/test-app.ts';

const eva = {
  ...odd,
  id: 'eva',
  number: 2,
  username: 'eva',
  email: 'eva@example.com',
  eventTypes: [
    { ...intro, id: 3 },
    { ...ask, id: 4 },
  ],
};
const hosts = [odd, eva].map((host) => ({ ...host, calendarIds: [] }));

/** What becomes of a booking, by the words that the export takes. Those that wait for the host are of the type `ask`. */
const FATES = [
  ['intro', 'accepted'],
  ['intro', 'cancelled'],
  ['ask', 'pending'],
  ['ask', 'rejected'],
  ['ask', 'accepted'],
  ['ask', 'cancelled'],
] as const;
type Fact = { readonly uid: string; readonly host: string; readonly slug: string; readonly number: number } & {
  readonly status: string;
  readonly start: string;
};

const become: Readonly<Record<string, string | null>> = { rejected: 'decline', cancelled: 'cancel', pending: null };

const bookAll = async (app: TestApp): Promise<ReadonlyArray<Fact>> => {
  const facts: Fact[] = [];
  for (const { id: host, eventTypes } of hosts)
    for (const [index, [slug, status]] of FATES.entries()) {
      const number = eventTypes.find((one) => one.slug === slug)?.id ?? 0;
      const start = `2050-09-0${5 + (index % 3)}T${index < 3 ? '07' : '09'}:00:00Z`;
      const { body } = await app.post('/v2/bookings', introBody({ eventTypeId: number, start }));
      const uid = String(Reflect.get(Object(Reflect.get(Object(body), 'data')), 'uid'));
      const action = become[status] === undefined ? (slug === 'ask' ? 'confirm' : null) : become[status];
      if (action !== null) await app.post(`/v2/bookings/${uid}/${action}`, {}, { key: 'cal_host' });
      facts.push({ uid, host, slug, number, status, start });
    }
  await app.settled();
  return facts;
};

type Filter = { readonly [name in 'host' | 'eventType' | 'status' | 'from' | 'to']?: string };
const FILTERS: ReadonlyArray<Filter> = [{}, { host: 'odd' }, { host: 'eva' }].flatMap((host) =>
  [{}, { eventType: 'intro' }, { eventType: '4' }].flatMap((eventType) =>
    [{}, { status: 'accepted' }, { status: 'pending' }, { status: 'cancelled' }, { status: 'rejected' }].flatMap(
      (status) =>
        [{}, { from: '2050-09-06T07:00:00Z', to: '2050-09-07T07:00:00Z' }, { from: '2050-09-07T11:00:00+02:00' }].map(
          (period) => ({ ...host, ...eventType, ...status, ...period }),
        ),
    ),
  ),
);

/** The same by the facts, without the code under test. ISO instants of one form are ordered as their texts are. */
const wanted = (facts: ReadonlyArray<Fact>, { host, eventType, status, from, to }: Filter): ReadonlyArray<string> =>
  facts
    .filter(
      (one) =>
        (host ?? one.host) === one.host &&
        (eventType === undefined || eventType === one.slug || eventType === String(one.number)) &&
        (status ?? one.status) === one.status &&
        (from === undefined || one.start >= from.replace('T11:00:00+02:00', 'T09:00:00Z')) &&
        (to === undefined || one.start < to),
    )
    .map(({ uid }) => uid);

const overHttp = async (app: TestApp, format: string, filter: Filter): Promise<string> => {
  let [text, after] = ['', '0'];
  for (;;) {
    const query = new URLSearchParams({ format, ...filter, after }).toString();
    const page = await app.get(`/v2/holdfast/audit/export?${query}`, { key: 'cal_audit' });
    expect(page.status, page.text).toBe(200);
    if (page.text === '') return text;
    text += page.text;
    after = page.headers.get('holdfast-next') ?? '';
  }
};

const byCommand = async (data: string, format: string, { eventType, ...others }: Filter): Promise<string> => {
  const terminal = recordingTerminal();
  let code: number | null = null;
  const context = { terminal, env: { HOLDFAST_DATA: data }, end: (ended: number) => void (code = ended) };
  const filter = { ...others, ...(eventType === undefined ? {} : { 'event-type': eventType }) };
  const options = Object.entries({ format, ...filter }).flatMap(([name, value]) => [`--${name}`, value]);
  await makeProgram(context, async () => runDemo).parseAsync(['audit', 'export', ...options], { from: 'user' });
  expect({ code, err: terminal.written.err.at(-1) }).toMatchObject({ code: 0 });
  return terminal.written.out.map((line) => `${line}\n`).join('');
};

/** That it is read is in the log too, and is no answer to a question about bookings. */
const ofBookings = (text: string): ReadonlyArray<string> =>
  text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('"uid"') && !line.includes('"changes-installation"'));
const uidsIn = (format: string, text: string): ReadonlyArray<string> => {
  const lines = ofBookings(text).filter((line) => format === 'csv' || line.includes('"stream":"booking-'));
  return [...new Set(lines.map((line) => /(?:^"|"stream":"booking-)([\w-]+)"/.exec(line)?.[1] ?? line))];
};

it('given any filters together, then commands and HTTP answer the same, and what the facts say', async () => {
  const folder = await temporaryFolder();
  const file = mustOpen(join(folder.path, DATA_FILE));
  const app = await startTestApp({ hosts, store: must(makeSqliteEventStore(file)) });
  onTestFinished(async () => {
    await app.close();
    await file.close();
    await folder.remove();
  });
  const facts = await bookAll(app);
  expect(facts).toHaveLength(hosts.length * FATES.length);
  for (const filter of FILTERS)
    for (const format of ['ndjson', 'csv']) {
      const [http, command] = [await overHttp(app, format, filter), await byCommand(folder.path, format, filter)];
      expect([filter, ofBookings(command)]).toEqual([filter, ofBookings(http)]);
      expect([filter, uidsIn(format, http).toSorted()]).toEqual([filter, wanted(facts, filter).toSorted()]);
    }
});
