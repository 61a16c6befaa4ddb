import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ExportFormat } from '../../projections/audit/export-lines.ts';
import type { ExportOptions } from '../audit/export-commands.ts';
import type { VerifyOptions } from '../audit/audit-commands.ts';
import type { WhyOptions } from '../audit/reasons-commands.ts';
import type { ReplayOptions } from '../audit/replay-command.ts';
import type { ChangesOptions } from '../audit/changes-command.ts';
import type { RefusalsOptions } from '../audit/records-commands.ts';
import type { AgendaOptions, ShowOptions } from '../audit/show-commands.ts';
import type { CliContext } from '../terminal.ts';
import { examples } from './examples.ts';

const position = (text: string): number => {
  if (!/^\d{1,15}$/u.test(text)) throw new InvalidArgumentError('A position is a whole number.');
  return Number(text);
};

const UID = 'its uid, or the beginning of it';

/** `audit`: reads the log where it is, also beside a running server. */
export const addAudit = (program: Command, context: CliContext): void => {
  const group = program
    .command('audit')
    .helpCommand(false)
    .description('prove the log, and ask it what was so when, and why')
    .addHelpText('after', examples('holdfast audit verify', 'holdfast audit head > head.txt'));
  group
    .command('verify')
    .description('check chains, codecs and decisions of every event; also beside a running server')
    .option('--from <position>', 'report what is found from there on', position)
    .option('--to <position>', 'read no further than there', position)
    .option('--since <file>', "prove that today's log extends this signed head, as `audit head` printed it")
    .option(
      '--key <key>',
      "what the signed head must be signed with, or a file with it; by default the data folder's own",
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        'holdfast audit verify',
        'holdfast audit verify --since head.txt --key head.key',
        'HOLDFAST_DATA=/backup/today holdfast audit verify --json',
      ),
    )
    .action(async (options: VerifyOptions) => {
      const { verifyLog } = await import('../audit/audit-commands.ts');
      context.end(await verifyLog(context, options));
    });
  group
    .command('head')
    .description('print the signed head of the log, to be kept where nobody can change it together with the log')
    .option('--key', 'print the key that signed heads are verified with instead')
    .option('--json', 'print JSON: size, root, signed head and key')
    .addHelpText('after', examples('holdfast audit head > head.txt', 'holdfast audit head --key > head.key'))
    .action(async (options: { readonly key?: true; readonly json?: true }) => {
      const { printHead } = await import('../audit/head-commands.ts');
      context.end(await printHead(context, options));
    });
  group
    .command('rotate-key')
    .description('make a new key for signed heads, signed for by the one before it, which is gone afterwards')
    .option('--json', 'print JSON: both keys, and the signature of the earlier one')
    .addHelpText('after', examples('holdfast audit rotate-key > head.key'))
    .action(async (options: { readonly json?: true }) => {
      const { rotateKey } = await import('../audit/head-commands.ts');
      context.end(await rotateKey(context, options));
    });
  group
    .command('prove')
    .description('print a proof of one booking that bin/check-proof.js checks without Holdfast')
    .argument('<uid>', UID)
    .option('--json', 'as it is without: a proof is JSON')
    .addHelpText('after', examples('holdfast audit prove 01j8zq3v7h5m2n4p6r8t0w1x3y > proof.json'))
    .action(async (uid: string) => {
      const { proveBooking } = await import('../audit/head-commands.ts');
      context.end(await proveBooking(context, uid));
    });
  addQuestions(group, context);
  addExport(group, context);
};

const FORMATS = ['ndjson', 'csv'] as const satisfies ReadonlyArray<ExportFormat>;

const addExport = (group: Command, context: CliContext): void => {
  group
    .command('export')
    .description('write events as NDJSON, to be imported again, or bookings as a CSV table')
    .addOption(new Option('--format <format>', 'what is written').choices(FORMATS).default('ndjson'))
    .option('--host <id>', "this host's bookings alone")
    .option('--event-type <slug>', 'bookings of this event type alone, by slug or number')
    .option('--status <status>', 'bookings that are so now alone: accepted, pending, cancelled, rejected, expired')
    .option('--from <instant>', 'meetings that start then or later (ISO 8601 with offset)')
    .option('--to <instant>', 'meetings that start before')
    .option('--after <position>', 'go on after there, on standard output', position)
    .option('--output <file>', 'into this file; one that is there is gone on with')
    .option('--bom', 'begin a table with the mark of UTF-8, by which Excel reads umlauts')
    .option('--json', 'print how much was written into the file as JSON')
    .addHelpText(
      'after',
      examples(
        'holdfast audit export --output log.ndjson',
        'holdfast audit export --format csv --host odd --from 2050-10-01T00:00:00Z --to 2050-11-01T00:00:00Z',
      ),
    )
    .action(async (options: ExportOptions) => {
      const { exportLog } = await import('../audit/export-commands.ts');
      context.end(await exportLog(context, options));
    });
};

const addQuestions = (group: Command, context: CliContext): void => {
  group
    .command('show')
    .description('tell the story of a booking with all that the log says around it, and what it was like then')
    .argument('<uid>', UID)
    .option('--at <moment>', 'up to this revision of its stream, or this instant (ISO 8601 with offset)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples('holdfast audit show 01kdk4v2', 'holdfast audit show 01kdk4v2 --at 2050-09-05T08:00:30Z'),
    )
    .action(async (uid: string, options: ShowOptions) => {
      const { showTimeline } = await import('../audit/show-commands.ts');
      context.end(await showTimeline(context, uid, options));
    });
  group
    .command('why')
    .description('tell what led to the last decision about a booking, and what followed from it')
    .argument('<uid>', UID)
    .option('--at <moment>', 'the last decision up to this revision, or this instant')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('holdfast audit why 01kdk4v2', 'holdfast audit why 01kdk4v2 --at 5 --json'))
    .action(async (uid: string, options: WhyOptions) => {
      const { explainBooking } = await import('../audit/reasons-commands.ts');
      context.end(await explainBooking(context, uid, options));
    });
  group
    .command('replay')
    .description("decide again what was decided, with today's code and rules, and list what comes out otherwise")
    .option('--stream <name>', 'this stream alone: booking-<uid> or schedule-<host>')
    .option('--host <id>', "this host's streams alone")
    .option('--from <instant>', 'report events from then on (ISO 8601 with offset)')
    .option('--to <instant>', 'report events before then')
    .option('--rules <rules>', '"current", "recorded": those in force then, or another configuration file', 'current')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('holdfast audit replay', 'holdfast audit replay --host odd --rules next-year.yaml'))
    .action(async (options: ReplayOptions) => {
      const { replayDecisions } = await import('../audit/replay-command.ts');
      context.end(await replayDecisions(context, options));
    });
  group
    .command('changes')
    .description('list what happened to the installation: keys, configuration, personal data read, heads signed')
    .option('--from <instant>', 'from then on (ISO 8601 with offset)')
    .option('--to <instant>', 'before then')
    .option('--json', 'print JSON')
    .addHelpText('after', examples('holdfast audit changes', 'holdfast audit changes --from 2050-10-01T00:00:00Z'))
    .action(async (options: ChangesOptions) => {
      const { showChanges } = await import('../audit/changes-command.ts');
      context.end(await showChanges(context, options));
    });
  group
    .command('refusals')
    .description('list who was refused a time of a host, and why; a mail address is shown as a keyed hash alone')
    .argument('<host>', 'the id of the host')
    .option('--at <instant>', 'of a time that includes this instant (ISO 8601 with offset)')
    .option('--from <instant>', 'refused then or later')
    .option('--to <instant>', 'refused before')
    .option('--email <address>', 'of this attendee alone')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples('holdfast audit refusals odd', 'holdfast audit refusals odd --at 2050-10-01T12:00:00Z --json'),
    )
    .action(async (host: string, options: RefusalsOptions) => {
      const { showRefusals } = await import('../audit/records-commands.ts');
      context.end(await showRefusals(context, host, options));
    });
  group
    .command('agenda')
    .description("list what a host's time was held for, as the log knew it at a moment")
    .argument('<host>', 'the id of the host')
    .option('--at <instant>', 'as it was known then (ISO 8601 with offset); now by default')
    .option('--from <instant>', 'what ends after it; by default the moment of --at')
    .option('--to <instant>', 'what begins before it; no end by default')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples('holdfast audit agenda odd', 'holdfast audit agenda odd --at 2050-10-01T00:00:00Z --json'),
    )
    .action(async (host: string, options: AgendaOptions) => {
      const { showAgenda } = await import('../audit/show-commands.ts');
      context.end(await showAgenda(context, host, options));
    });
};
