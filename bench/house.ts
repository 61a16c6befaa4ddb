/**
 * Figures of the code base, not of its speed: `node bench/house.ts`. Files and lines of `src`; files with a function that
 * a booking runs, from its request until all that follows from it is done (V8's own count of calls, on the demo's server
 * in this process); and how many files of `src` and `docs` name one of the things that people add. Those are the files to
 * touch for one more, and those that use it besides, so it counts too many rather than too few.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import { loadSettings } from '../src/adapters/configuration/load-configuration.ts';
import { readFile } from '../src/adapters/configuration/sources.ts';
import { calendarProviders } from '../src/adapters/calendars/providers.ts';
import { webhookTriggers } from '../src/application/notifications/plan.ts';
import { startServer } from '../src/composition/server.ts';
import { bookingEventCodecs } from '../src/domain/booking/events.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const sources = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(sources, name), 'utf8') }));

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
const guides = readdirSync(docs)
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name: `docs/${name}`, text: readFileSync(join(docs, name), 'utf8') }));
const textOf = (name: string): string => files.find((file) => file.name === name)?.text ?? '';
const namesIn = (text: string, pattern: RegExp): ReadonlyArray<string> => [
  ...new Set([...text.matchAll(pattern)].map(([, name = '']) => name)),
];

/** `ownFolder`: what lies there belongs to the thing itself and is not counted. */
type Thing = { readonly names: RegExp; readonly ownFolder?: string };

const between = (text: string, from: string, to: string): string => text.slice(text.indexOf(from)).split(to)[0] ?? '';
const app = textOf('http/app.ts');
const codecs = files.filter(({ name }) => /^(domain\/bookable|adapters\/configuration)\//.test(name));

/** All that there are of each kind, except those whose name is a word for other things too (`expired`, `limits`). */
const KINDS: Readonly<Record<string, ReadonlyArray<Thing>>> = {
  'type of booking event': Object.keys(bookingEventCodecs).map((type) => ({ names: new RegExp(`\\b${type}\\b`) })),
  'kind of calendar': Object.keys(calendarProviders).map((name) => ({
    names: new RegExp(`'${name}'|\\b${name}: |\\b${name}Provider\\b`),
    ownFolder: `adapters/calendars/${name}/`,
  })),
  'kind of mail': namesIn(
    between(textOf('application/notifications/mail-kinds.ts'), 'const mailKinds', 'satisfies'),
    /'(\w+(?:-\w+)+)':/g,
  ).map((kind) => ({ names: new RegExp(`'${kind}'`) })),
  'webhook trigger': webhookTriggers.map((trigger) => ({ names: new RegExp(`\\b${trigger}\\b`) })),
  endpoint: namesIn(app, /\b((?:get|post|patch|put|delete)[A-Z]\w+)\(/g).map((handler) => ({
    names: new RegExp(`\\b${handler}\\b`),
  })),
  'field of the configuration': codecs
    .flatMap(({ text }) => [...text.matchAll(/\b(\w+): from\(\s*'(\w+)'/g)])
    .filter(([, property = '', key = '']) => /[A-Z]/.test(property) && /[A-Z]/.test(key))
    .map(([, property = '', key = '']) => ({ names: new RegExp(`\\b(?:${property}|${key})\\b`) })),
};

/** A pattern that finds none any more would count nothing, and say that nothing is to be touched. */
const missing = Object.entries(KINDS).filter(([, things]) => things.length === 0);
if (missing.length > 0) throw new Error(`found none of: ${missing.map(([kind]) => kind).join(', ')}`);

/** Files of `src` and guides that name a thing, in rising order of their number. */
const touched = (things: ReadonlyArray<Thing>): ReadonlyArray<number> =>
  things
    .map(({ names, ownFolder }) => {
      const counted = [...files, ...guides].filter(
        ({ name }) => ownFolder === undefined || !name.startsWith(ownFolder),
      );
      return counted.filter(({ text }) => names.test(text)).length;
    })
    .toSorted((one, other) => one - other);

const filesOfABooking = async (): Promise<ReadonlyArray<string>> => {
  const folder = temporaryFolder();
  const settings = await loadSettings({ HOLDFAST_DATA: folder.path, PORT: '0', HOST: '127.0.0.1' }, readFile)();
  if (E.isLeft(settings)) throw new Error(JSON.stringify(settings.left));
  const nothing = (): void => undefined;
  const server = await startServer(settings.right, { http: nothing, report: nothing, info: nothing })();
  if (E.isLeft(server)) throw new Error(JSON.stringify(server.left));
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  const now = Temporal.Now.instant();
  const week = new URLSearchParams({
    eventTypeId: '1',
    start: `${now.toString()}`,
    end: now.add({ hours: 168 }).toString(),
  });
  const offered = await (await fetch(`${server.right.url}/v2/slots?${week.toString()}`)).text();
  const body = JSON.stringify({
    eventTypeId: 1,
    start: /"start":"([^"]+)"/.exec(offered)?.[1],
    attendee: { name: 'Runa', email: 'runa@example.com', timeZone: 'Europe/Oslo' },
  });
  await session.post('Profiler.takePreciseCoverage');
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server.right.url}/v2/bookings`, { method: 'POST', headers, body });
  if (answer.status !== 201) throw new Error(`the booking was answered ${answer.status}: ${await answer.text()}`);
  // A stop waits until the mail is out.
  await server.right.stop();
  const { result } = await session.post('Profiler.takePreciseCoverage');
  session.disconnect();
  folder.remove();
  const ran = result.filter(
    ({ url, functions }) =>
      url.includes('/src/') &&
      !url.includes('node_modules') &&
      functions.some(({ functionName, ranges }) => functionName !== '' && (ranges[0]?.count ?? 0) > 0),
  );
  return ran.map(({ url }) => fileURLToPath(url).slice(sources.length));
};

const line = (what: string, count: number): void => console.log(`${what.padEnd(44)} ${count}`);
const lengths = files.map(({ text }) => text.split('\n').length - 1);
line('files in src', files.length);
line(
  'lines in src',
  lengths.reduce((sum, length) => sum + length, 0),
);
line('files under 40 lines', lengths.filter((length) => length < 40).length);
line('files over 200 lines', lengths.filter((length) => length > 200).length);
line('files that a booking runs through', (await filesOfABooking()).length);
for (const [kind, things] of Object.entries(KINDS)) {
  const counts = touched(things);
  const [median, most] = [counts[Math.floor(counts.length / 2)] ?? 0, counts.at(-1) ?? 0];
  console.log(`${`files that name one ${kind}`.padEnd(44)} ${median} (median of ${counts.length}, most ${most})`);
}
