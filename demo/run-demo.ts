import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CliContext, type ExitCode, exitCode } from '../src/cli/terminal.ts';
import { demoGuest, readMails } from './demo-guest.ts';
import { startDemoServer } from './demo-server.ts';
import { makeNarrator, isBrokenPromise } from './narrator.ts';
import { type StandInCalendar, startStandInCalendar } from './stand-in-calendar.ts';
import { playStory } from './story.ts';

/** How long each promise may take to come true, in milliseconds. */
const DEADLINE_MS = 45_000;
/** How long the server may take to start, in milliseconds: a busy machine breaks no promise. */
const STARTS_WITHIN_MS = 60_000;

/** `keep`: leave the folder. The rest is for tests: another stand-in, less patience. */
export type DemoOptions = {
  readonly keep?: true;
  readonly startCalendar?: () => Promise<StandInCalendar>;
  readonly deadlineMs?: number;
};

type Cleanup = () => Promise<void>;

const inFolder = async (
  { terminal }: CliContext,
  options: DemoOptions,
  { folder, signal, cleanups }: { folder: string; signal: AbortSignal; cleanups: Array<Cleanup> },
): Promise<void> => {
  const patience = { deadlineMs: options.deadlineMs ?? DEADLINE_MS, signal };
  const calendar = await (options.startCalendar ?? startStandInCalendar)();
  cleanups.push(calendar.close);
  const { server, mails, stop } = await startDemoServer(folder, calendar, { deadlineMs: STARTS_WITHIN_MS, signal });
  cleanups.push(stop);
  terminal.out(`A Holdfast server of the demo's own runs at ${server.url}, its data in ${folder}`);
  await playStory({
    narrator: makeNarrator(terminal, patience),
    guest: demoGuest(server, Temporal.Now.instant),
    calendar,
    mails: () => readMails(mails),
  });
  terminal.out('');
  terminal.out(
    'A peer that stores ACCEPTED first and calls the calendar afterwards would have said "confirmed" from the',
  );
  terminal.out(
    'first moment on, with no event in any calendar and no mail about it: the phantom booking (cal.diy#28397).',
  );
};

const explain = ({ terminal }: CliContext, thrown: unknown, signal: AbortSignal): ExitCode => {
  if (signal.aborted) terminal.err('The demo was called off.');
  else if (isBrokenPromise(thrown)) terminal.err(`${terminal.paint('red', 'BROKEN PROMISE')}: ${thrown.message}`);
  else throw thrown;
  return exitCode.failed;
};

/** Plays the phantom-booking story with a server and a folder of its own, and cleans up after itself, also on Ctrl-C. */
export const runDemo = async (context: CliContext, options: DemoOptions = {}): Promise<ExitCode> => {
  const cancelled = new AbortController();
  const cancel = (): void => cancelled.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, cancel);
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-demo-'));
  const cleanups: Array<Cleanup> = [];
  try {
    await inFolder(context, options, { folder, signal: cancelled.signal, cleanups });
    return exitCode.fine;
  } catch (thrown) {
    return explain(context, thrown, cancelled.signal);
  } finally {
    for (const cleanup of cleanups.toReversed()) await cleanup();
    if (options.keep) context.terminal.out(`The data folder stays: ${join(folder, 'data')}`);
    else await rm(folder, { recursive: true, force: true });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, cancel);
  }
};
