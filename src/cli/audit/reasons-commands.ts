import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type LogEnd, withLogEnd } from '../../application/audit/log-time.ts';
import { findUid, NOW, parseMoment, reaching, readAudited } from '../../application/audit/read-for-audit.ts';
import { type Reasons, reasonsOf } from '../../projections/audit/decided-by.ts';
import type { ChainLink } from '../../projections/audit/decision-chain.ts';
import type { HeldBy } from '../../projections/audit/held-by.ts';
import { type CliContext, type ExitCode, pairs } from '../terminal.ts';
import { inWordsOf, printAnswer, usage, withNamedLog } from './answering.ts';
import { becauseInWords } from './cause-words.ts';
import { refusedLines } from './records-commands.ts';
import { entryLines, logEndLines, standingLines } from './show-commands.ts';

const ROLE_WIDTH = 8;

type Chained = Pick<Reasons, 'chain' | 'followed'>;

const linkLines =
  (answer: Chained) =>
  (link: ChainLink): ReadonlyArray<string> =>
    entryLines(link.entry, becauseInWords(link, [...answer.chain, ...answer.followed])).map(
      (line, index) => `${(index === 0 ? link.role : '').padEnd(ROLE_WIDTH)} ${line}`,
    );

/** By ISO weekday minus one. */
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const busyInWords = ({ start, end }: { readonly start: string; readonly end: string }): string => `${start} to ${end}`;

const windowInWords = (window: NonNullable<HeldBy['eventType']>['bookingWindow']): string => {
  switch (window.type) {
    case 'unlimited':
      return 'any day';
    case 'rolling':
      return `${window.days} days ahead`;
    case 'range':
      return `${window.from} to ${window.to}`;
  }
};

const dayInWords = ({ date, hours }: HeldBy['dateHours'][number]): string =>
  `${date} ${hours.length === 0 ? 'closed' : hours.map(({ from, to }) => `${from} to ${to}`).join(', ')}, in place of the week`;

/** The rules and the calendars by which a time was held. */
const heldByLines = ({
  at,
  start,
  end,
  digest,
  since,
  timeZone,
  weeklyHours,
  dateHours,
  eventType,
  calendars,
}: HeldBy) => [
  '',
  `that ${start} to ${end} can be had was decided at ${at} by:`,
  ...pairs([
    ['rules', since === null ? `${digest}, which are not in the log` : `${digest}, in force since ${since}`],
    ...weeklyHours.map(
      ({ days, from, to }) =>
        ['hours', `${days.map((day) => DAYS[day - 1] ?? day).join(', ')} ${from} to ${to}, ${timeZone ?? ''}`] as const,
    ),
    ...dateHours.map((day) => ['that day', dayInWords(day)] as const),
    ...(eventType === null
      ? []
      : ([
          ['window', windowInWords(eventType.bookingWindow)],
          ['notice', `${eventType.minimumNotice} minutes`],
          ['buffers', `${eventType.beforeBuffer} minutes before, ${eventType.afterBuffer} after`],
          [
            'limits',
            Object.entries(eventType.limits)
              .map(([period, most]) => `${most} a ${period}`)
              .join(', ') || 'none',
          ],
        ] as const)),
    ...calendars.map(
      ({ calendarId, busy }) =>
        [
          'calendar',
          `${calendarId}: ${busy.length === 0 ? 'not busy then' : `busy ${busy.map(busyInWords).join(', ')}`}`,
        ] as const,
    ),
  ]),
];

const deadlineInWords = ({ deadline, approvalDeadline }: NonNullable<Reasons['rules']>): string =>
  `calendars are tried until ${deadline}${approvalDeadline === null ? '' : ', or for as long from an approval on'}`;

const chainLines = ({
  uid,
  decision,
  chain,
  followed,
  rules,
  standing,
  heldBy,
  refused,
  ...rest
}: Reasons & LogEnd) => [
  `booking ${uid}: why ${decision.type}, revision ${decision.revision}`,
  ...chain.flatMap(linkLines({ chain, followed })),
  ...(followed.length === 0 ? [] : ['', 'what followed from it:', ...followed.flatMap(linkLines({ chain, followed }))]),
  ...(rules === null
    ? []
    : [
        '',
        'the rules that the request froze:',
        ...pairs([
          ['acceptance', rules.acceptance === 'any-of' ? 'any of its calendars' : 'all of its calendars'],
          ['calendars', rules.calendars.length === 0 ? 'none' : rules.calendars.join(', ')],
          [
            'approval',
            rules.approvalDeadline === null ? 'none needed' : `by the host, until ${rules.approvalDeadline}`,
          ],
          ['deadline', deadlineInWords(rules)],
        ]),
      ]),
  ...heldBy.flatMap(heldByLines),
  ...(refused.length === 0 ? [] : ['', 'refused this time:', ...refusedLines(refused)]),
  ...(standing === null ? [] : ['', 'as it was then:', ...standingLines(standing)]),
  '',
  'not recorded:',
  ...rest.notRecorded.map((what) => `- ${what}`),
  ...logEndLines(rest),
];

export type WhyOptions = { readonly at?: string; readonly json?: true };

/** Why the last decision about a booking, up to a moment, was what it was. */
export const explainBooking = async (context: CliContext, prefix: string, options: WhyOptions): Promise<ExitCode> => {
  const moment = options.at === undefined ? E.right(NOW) : parseMoment(options.at);
  if (E.isLeft(moment)) return usage(context, `--at must be ${moment.left}`);
  const answer = await withNamedLog<Reasons & LogEnd>(context, async (log, names, own) => {
    const uid = await findUid(log, prefix);
    if (E.isLeft(uid)) return inWordsOf(uid);
    const events = pipe(
      await readAudited(log, uid.right),
      E.flatMap((read) => reaching(read, moment.right)),
    );
    if (E.isLeft(events)) return inWordsOf(events);
    const reasons = await reasonsOf({ log, own }, uid.right, events.right, moment.right, names);
    if (E.isLeft(reasons)) return inWordsOf(reasons);
    return reasons.right === null
      ? E.left('nothing had been decided about it by then [not_decided]')
      : inWordsOf(await withLogEnd(log, moment.right, E.right(reasons.right)));
  });
  return printAnswer(context, answer, { json: options.json ?? false, lines: chainLines });
};
