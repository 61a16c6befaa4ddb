import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainBooking } from '../../../src/cli/audit/reasons-commands.ts';
import { showAgenda, showTimeline } from '../../../src/cli/audit/show-commands.ts';
import type { CliContext } from '../../../src/cli/terminal.ts';
import { auditedFolder } from '../../support/audited-folder.ts';
import { RUNA } from '../../support/audited-log.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

const LAST = '2050-09-05T21:00:00Z';
const AFTER = '2050-09-05T21:00:01Z';

let folder: Awaited<ReturnType<typeof auditedFolder>>;
beforeAll(async () => {
  folder = await auditedFolder();
});
afterAll(() => folder.remove());

const run = async (command: (context: CliContext) => Promise<number>) => {
  const terminal = recordingTerminal();
  const code = await command({ terminal, env: { HOLDFAST_DATA: folder.path }, end: () => undefined });
  return { code, out: terminal.written.out.join('\n') };
};

const questions = [
  [
    'show',
    (at: string, json?: true) => run((context) => showTimeline(context, RUNA, { at, ...(json ? { json } : {}) })),
  ],
  [
    'why',
    (at: string, json?: true) => run((context) => explainBooking(context, RUNA, { at, ...(json ? { json } : {}) })),
  ],
  [
    'agenda',
    (at: string, json?: true) => run((context) => showAgenda(context, 'odd', { at, ...(json ? { json } : {}) })),
  ],
] as const;

describe('an event that happened within a second', () => {
  it.each(questions.slice(0, 2))(
    'given the time that %s tells of it, then the event counts at that time',
    async (_, ask) => {
      const told = /^.* ( ?8)  (\S+) .*accepted/m.exec((await ask(LAST)).out)?.[2] ?? '';
      expect(told).toBe('2050-09-05T08:00:11.5Z');
      expect((await ask(told)).out).toContain('The booking is accepted');
    },
  );
});

describe('a moment that the log does not reach', () => {
  it.each(questions)(
    'given %s and an instant after the last event, then the answer says where the log ends',
    async (_, ask) => {
      const { code, out } = await ask(AFTER);
      expect({ code, last: out.split('\n').at(-1) }).toEqual({
        code: 0,
        last: `the log ends at ${LAST}, before that moment: what came later is not known`,
      });
      expect(JSON.parse((await ask(AFTER, true)).out).logEndsAt).toBe(LAST);
    },
  );

  it.each(questions)('given %s and a moment within the log, then nothing is said of its end', async (_, ask) => {
    expect((await ask(LAST)).out).not.toContain('the log ends');
    expect(JSON.parse((await ask(LAST, true)).out).logEndsAt).toBeNull();
  });
});
