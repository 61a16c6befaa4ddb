/**
 * Figures of the code base, not of its speed: `node bench/house.ts`. Files and lines of `src`; files with a function that
 * a booking runs, from its request until all that follows from it is done (V8's own count of calls, on the demo's server
 * in this process); and files that name an example of each thing that people add: those are the ones to touch for another.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import { loadSettings } from '../src/adapters/configuration/load-configuration.ts';
import { readFile } from '../src/adapters/configuration/sources.ts';
import { startServer } from '../src/composition/server.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const sources = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(sources, name), 'utf8') }));

/** A word that stands only where its kind has to be known. */
const EXAMPLES: Readonly<Record<string, RegExp>> = {
  'event type': /\bCalendarDecorationFailed\b/,
  'calendar provider': /\bcaldav\b/i,
  'mail kind': /'calendar-behind'/,
  'webhook trigger': /\bBOOKING_CALENDAR_SYNC_FAILED\b/,
  endpoint: /\bgetDeliveries\b|\/v2\/holdfast\/deliveries/,
  'configuration field': /\bhostMustGiveReason\b/,
};

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
for (const [what, pattern] of Object.entries(EXAMPLES))
  line(`files to touch for one more ${what}`, files.filter(({ text }) => pattern.test(text)).length);
