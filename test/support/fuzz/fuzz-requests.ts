import { Agent, request as httpRequest } from 'node:http';
import { Writable } from 'node:stream';
import { makeLog } from '../../../src/composition/log.ts';
import type { Json } from '../../../src/domain/log/envelope.ts';
import { endpointsOf } from '../../../src/http/app.ts';
import { statusByCode } from '../../../src/http/errors/api-error.ts';
import { pagesOf } from '../../../src/http/pages/pages.ts';
import { introBody } from '../booking-bodies.ts';
import { ask, intro, odd } from '../hosts.ts';
import { at } from '../http-client.ts';
import { type TestApp, startTestApp } from '../test-app.ts';
import { booked } from '../test-apps.ts';
import { diceOf, SCRIPT } from './mutate.ts';
import { type HostileRequest, type Known, hostileRequest } from './requests.ts';

/** Milliseconds of the processor that one input may cost, client and server together. A good booking costs two or three. */
export const MOST_CPU_MS = 500;
/** Bytes of an error's body. 20 fields, each with its path of a few hundred letters. */
const MOST_ERROR_BYTES = 32_768;
/** An app has a log of its own; it begins anew after so many inputs, so that listings stay small. */
const INPUTS_OF_ONE_APP = 1_000;

type Answered = { readonly status: number; readonly type: string; readonly text: string };

const send = (url: string, agent: Agent, asked: HostileRequest): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const { method, target, headers, body } = asked;
    const sent = httpRequest(url, { agent, method, path: target, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          type: answer.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    // The server may end a kept connection while the next request is on its way (RFC 9112, 9.6): that one is sent again.
    sent.on('error', (fault) => (sent.reusedSocket ? resolve(send(url, agent, asked)) : reject(fault)));
    sent.end(body ?? undefined);
  });

const parsed = (text: string): Json => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
};

/** What is wrong with an error's body; empty where it is as the documents say. */
const wrongBody = ({ status, type, text }: Answered): ReadonlyArray<string> => {
  if (Buffer.byteLength(text) > MOST_ERROR_BYTES) return [`an error of ${Buffer.byteLength(text)} bytes`];
  if (type.startsWith('text/html')) return [];
  const body = parsed(text);
  const code = at(body, 'error', 'code');
  const errors = at(body, 'error', 'details', 'errors');
  const isDocumented = typeof code === 'string' && Reflect.get(statusByCode, code) === status;
  return [
    ...(isDocumented ? [] : [`the code ${JSON.stringify(code)} does not go with the status`]),
    ...(at(body, 'status') === 'error' && at(body, 'statusCode') === status ? [] : ['not the documented shape']),
    ...(typeof at(body, 'message') === 'string' && at(body, 'message') === at(body, 'error', 'message')
      ? []
      : ['no message']),
    ...(Array.isArray(errors) && errors.length <= 20 ? [] : ['no list of at most 20 fields']),
  ];
};

const isDone = (status: number): boolean => (status >= 200 && status < 300) || status === 303;

const wrongAnswer = (method: string, answered: Answered): ReadonlyArray<string> => {
  const { status, type, text } = answered;
  if (status >= 500 && status !== 503) return [`${status}: ${text.slice(0, 300)}`];
  const shown = type.startsWith('text/html') && text.includes(SCRIPT) ? ['a page with a script of a stranger'] : [];
  return isDone(status) || method === 'HEAD' ? shown : [...shown, ...wrongBody(answered)];
};

/** Names that a refusal tells are tried from then on: so later routes are asked with what they know. */
const learn = (known: Map<string, Set<string>>, route: string, answered: Answered): void => {
  if (answered.status !== 400) return;
  const errors = at(parsed(answered.text), 'error', 'details', 'errors');
  for (const error of Array.isArray(errors) ? errors : []) {
    const [field, code] = [at(error, 'field'), at(error, 'code')];
    if (typeof field !== 'string' || code === 'unknown' || field.length > 40) continue;
    const names = known.get(route) ?? new Set();
    known.set(route, names.add(field.split('.')[0] ?? field));
  }
};

/** Lines of the level `error`, as the server's own log writes them. */
const errorLines = () => {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  return { lines, log: makeLog('error', sink).http };
};

const startFuzzedApp = async () => {
  const logged = errorLines();
  const hosts = [{ ...odd, calendarIds: [], eventTypes: [{ ...intro, guestsAllowed: true }, ask] }];
  const app = await startTestApp({ hosts, deps: { guestActions: 'token', log: logged.log } });
  const endpoints = [...endpointsOf(app.deps), ...pagesOf(app.deps)];
  return { app, errors: logged.lines, endpoints };
};

/** Two bookings that hostile requests can be about, one of them pending, and their tokens of both parties. */
const bookingsOf = async (app: TestApp): Promise<Omit<Known, 'fields'>> => {
  const uids = [
    await booked(app, introBody({ start: '2050-09-19T07:00:00Z' })),
    await booked(app, introBody({ start: '2050-09-19T09:00:00Z', eventTypeId: 2 })),
  ];
  await app.settled();
  const tokens = uids.flatMap((bookingUid) =>
    (['attendee', 'host'] as const).map((party) =>
      app.bookingTokens.issue({ bookingUid, party, purpose: 'manage', bookingEndMs: app.clock.now() }),
    ),
  );
  return { uids, tokens };
};

export type FuzzReport = {
  readonly inputs: number;
  /** What went wrong, each with how to see it again. */
  readonly findings: ReadonlyArray<string>;
  /** Answers by route and status. */
  readonly answers: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly slowest: { readonly cpuMs: number; readonly request: string };
};

/** Hostile requests to every route in turn, each judged by its answer, the log, the time and the lines of the level `error`. */
export const fuzzRequests = async (
  seed: number,
  inputs: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<FuzzReport> => {
  const findings: string[] = [];
  const answers = new Map<string, Map<number, number>>();
  const fields = new Map<string, Set<string>>();
  let slowest = { cpuMs: 0, request: '' };

  const attack = async (from: number, to: number): Promise<void> => {
    const { app, errors, endpoints } = await startFuzzedApp();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const known = { ...(await bookingsOf(app)), fields };
    let head = await app.store.head()();
    for (let input = from; input < to; input += 1) {
      const dice = diceOf(seed * 1_000_003 + input);
      const endpoint = endpoints[input % endpoints.length];
      if (endpoint === undefined) throw new Error('the server has no routes');
      const request = hostileRequest(dice, endpoint, known);
      const words = `seed ${seed} input ${input}: ${request.method} ${request.target.slice(0, 200)} ${request.body?.toString().slice(0, 300) ?? ''}`;
      const before = process.threadCpuUsage();
      const answered = await send(app.url, agent, request).catch((fault: unknown) => {
        throw new Error(`no answer to ${words}`, { cause: fault });
      });
      const { user, system } = process.threadCpuUsage(before);
      const cpuMs = (user + system) / 1_000;
      if (cpuMs > slowest.cpuMs) slowest = { cpuMs, request: words };
      const wrong = [
        ...wrongAnswer(request.method, answered),
        ...(cpuMs > MOST_CPU_MS ? [`${cpuMs} ms of the processor`] : []),
        ...errors.splice(0).map((line) => `a line of the level error: ${line.slice(0, 500)}`),
      ];
      const now = await app.store.head()();
      if (!isDone(answered.status) && JSON.stringify(now) !== JSON.stringify(head))
        wrong.push(`${answered.status}, and the log has changed`);
      if (JSON.stringify(now) !== JSON.stringify(head)) await app.settled();
      head = await app.store.head()();
      findings.push(...wrong.map((what) => `${what} <- ${words}`));
      const counts = answers.get(request.route) ?? new Map<number, number>();
      answers.set(request.route, counts.set(answered.status, (counts.get(answered.status) ?? 0) + 1));
      learn(fields, request.route, answered);
      if (input % 500 === 499) onProgress(input + 1);
    }
    findings.push(...app.problems.map((problem) => `the saga reports: ${problem}`));
    agent.destroy();
    await app.close();
  };

  for (let from = 0; from < inputs; from += INPUTS_OF_ONE_APP)
    await attack(from, Math.min(inputs, from + INPUTS_OF_ONE_APP));
  return { inputs, findings, answers, slowest };
};
