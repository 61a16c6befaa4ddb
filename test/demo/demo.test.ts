import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DemoOptions, runDemo } from '../../demo/run-demo.ts';
import { type StandInCalendar, startStandInCalendar } from '../../demo/stand-in-calendar.ts';
import { startHoldfast } from '../support/command-line.ts';
import { temporaryFolder } from '../support/data-file.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';

/** The folder of a user's locks stays: it is shared by all servers of theirs. */
const left = (path: string) => readdirSync(path).filter((name) => name !== `holdfast-${process.getuid?.()}`);

describe('holdfast demo', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(() => folder.remove());

  /** A demo in this process with another stand-in. */
  const play = async (change: (calendar: StandInCalendar) => StandInCalendar, options: DemoOptions = {}) => {
    const terminal = recordingTerminal();
    const startCalendar = async () => change(await startStandInCalendar());
    const context = { terminal, env: {}, end: () => undefined };
    const code = await runDemo(context, { startCalendar, ...options });
    return { code, out: terminal.written.out.join('\n'), err: terminal.written.err.join('\n') };
  };

  it('given the real thing, when played, then every promise comes true, in plain text, and nothing is left', async () => {
    const { code, stdout, stderr } = await startHoldfast(['demo'], { TMPDIR: folder.path }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^ {3}ok /gm)).toHaveLength(17);
    expect(stdout).not.toContain('\u001b');
    expect(left(folder.path)).toEqual([]);
  });

  it('given a calendar that never comes back, when played, then it fails and says what was seen', async () => {
    const { code, err } = await play((calendar) => ({ ...calendar, acceptWrites: () => undefined }), {
      deadlineMs: 2_500,
    });
    expect(code).toBe(1);
    expect(err).toMatch(
      /BROKEN PROMISE: "the booking becomes ACCEPTED on its own".*still pending, calendar_sync_failed/,
    );
  });

  it('given a calendar that never refuses, when played, then it fails, since the answer is not PENDING', async () => {
    const { code, err } = await play((calendar) => {
      calendar.acceptWrites(true);
      return calendar;
    });
    expect(code).toBe(1);
    expect(err).toMatch(/BROKEN PROMISE: "the answer is PENDING.*Seen: accepted/);
  });

  it('given a calendar that holds the event twice, when played, then it fails', async () => {
    const twice = (calendar: StandInCalendar): StandInCalendar => ({
      ...calendar,
      objects: () => [...calendar.objects(), ...calendar.objects()],
    });
    expect(await play(twice)).toMatchObject({ code: 1, err: expect.stringContaining('exactly one event') });
  });

  it('given Ctrl-C in the middle, when it ends, then server and folder are gone', async () => {
    const { child, says, ended } = startHoldfast(['demo'], { TMPDIR: folder.path });
    const [, url] = await says(/runs at (http:\S+),/);
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 1, stderr: expect.stringContaining('called off') });
    expect(left(folder.path)).toEqual([]);
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  });

  it('given --keep, when played, then the folder stays', async () => {
    const { stdout } = await startHoldfast(['demo', '--keep'], { TMPDIR: folder.path }).ended;
    const [, data = ''] = /^The data folder stays: (.+)$/m.exec(stdout) ?? [];
    expect(existsSync(`${data}/mail`)).toBe(true);
    await rm(dirname(data), { recursive: true });
  });
});
