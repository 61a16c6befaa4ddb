import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type LogEnd, withLogEnd } from '../../application/audit/log-time.ts';
import { findUid, NOW, parseMoment, reaching, readAudited } from '../../application/audit/read-for-audit.ts';
import { type BookingStanding, type StandingChange, statusInWords } from '../../projections/audit/booking-standing.ts';
import type { TimelineEntry } from '../../projections/audit/booking-timeline.ts';
import { type CausedTimeline, causedTimeline } from '../../projections/audit/caused-timeline.ts';
import { agendaOf, type HostAgenda } from '../../projections/audit/host-agenda.ts';
import { historyLines } from '../api/show-bookings.ts';
import { type CliContext, type ExitCode, minute, pairs, printable, table } from '../terminal.ts';
import { becauseInWords } from './cause-words.ts';
import { instantsOf, inWordsOf, printAnswer, usage, withNamedLog } from './answering.ts';

const ZERO_MS = 0;
const MS_PER_SECOND = 1000;

const seconds = (ms: number): string => `${(ms / MS_PER_SECOND).toFixed(3)} s`;

const changeInWords = ({ what, from, to }: StandingChange): string => {
  if (from === null) return `${what}: ${to}`;
  return to === null ? `${what}: ${from} no more` : `${what}: ${from} -> ${to}`;
};

const causeInWords = ({ cause }: TimelineEntry): string => {
  switch (cause.type) {
    case 'command':
      return '';
    case 'event':
      return `event ${cause.revision}, ${cause.eventType}`;
    case 'event-elsewhere':
      return `event ${cause.id}, which is not in this stream`;
  }
};

/** What belongs to one event, a line each. */
const detailsOf = (entry: TimelineEntry, because: string): ReadonlyArray<string> => {
  const { call, told, changes } = entry;
  const took = call === null || call.tookMs === null ? '' : `, after ${seconds(Math.max(ZERO_MS, call.tookMs))}`;
  return pairs([
    ['because of', because],
    ['changed', changes.map(changeInWords).join('; ')],
    ['calendar', call === null ? '' : `${call.calendarId}, attempt ${call.attempt}: ${call.outcome}${took}`],
    [
      'message',
      told === null
        ? ''
        : `${told.channel} "${told.notification}" to ${told.recipient}: ${told.outcome}${told.about === null ? '' : `, about event ${told.about}`}`,
    ],
  ]).map((line) => `      ${line}`);
};

const INDEX_WIDTH = 4;
/** `2050-09-05T08:00:00.123Z`: what is printed can be asked about, to the millisecond. */
const INSTANT_WIDTH = 24;
const exactly = (instant: string): string => instant.padEnd(INSTANT_WIDTH);

const actorOf = ({ actor: { kind, id, name } }: TimelineEntry) => ({
  kind,
  ...(id === null ? {} : { id }),
  ...(name === null ? {} : { name }),
});

/**
 * One event, first as the history of `booking events` tells it, then what the log says around it. `because`: what led to it.
 */
export const entryLines = (entry: TimelineEntry, because: string): ReadonlyArray<string> => [
  ...historyLines([{ ...entry, actor: actorOf(entry) }], exactly).map(
    (line) => `${String(entry.revision).padStart(INDEX_WIDTH)}  ${line}`,
  ),
  ...detailsOf(entry, because),
];

/** What a booking was like, as lines. */
export const standingLines = (standing: BookingStanding): ReadonlyArray<string> => {
  const { since, reason, hostId, eventType, guest, calendars } = standing;
  return pairs([
    ['status', `${statusInWords(standing)} since ${since}`],
    ['because', reason ?? ''],
    ['host', hostId],
    ['title', `${standing.title} (${eventType.slug})`],
    ['start', standing.start],
    ['end', standing.end],
    ['to be moved to', standing.moveTo ?? ''],
    ['where', standing.location ?? ''],
    ['guest', guest === null ? 'erased' : `${guest.name} <${guest.email}>`],
    ...standing.guests.map((address) => ['further guest', address] as const),
    ...standing.absent.map((who) => ['absent', who] as const),
    ...calendars.map(
      ({ calendarId, status: held, lastSeenAt, failure }) =>
        [
          'calendar',
          `${calendarId} ${held}${lastSeenAt === null ? '' : `, last seen ${lastSeenAt}`}${failure === null ? '' : ` (${failure})`}`,
        ] as const,
    ),
  ]);
};

/** What is said of a moment that the log does not reach. */
export const logEndLines = ({ logEndsAt }: LogEnd): ReadonlyArray<string> =>
  logEndsAt === null ? [] : ['', `the log ends at ${logEndsAt}, before that moment: what came later is not known`];

const causedLines = (entries: CausedTimeline['entries']): ReadonlyArray<string> => {
  const links = entries.map(({ because, after, ...entry }) => ({ because, after, entry }));
  return links.flatMap((link) => entryLines(link.entry, becauseInWords(link, links) || causeInWords(link.entry)));
};

const timelineLines = ({ uid, revision, position, entries, standing, ...end }: CausedTimeline & LogEnd) => [
  `booking ${uid}`,
  ...causedLines(entries),
  '',
  entries.length === 0
    ? 'nobody had asked for it by then'
    : `as of revision ${revision} of its stream, position ${position} of the log:`,
  ...(standing === null ? [] : standingLines(standing)),
  ...logEndLines(end),
];

export type ShowOptions = { readonly at?: string; readonly json?: true };

/** The story of a booking with all that the log says around each event, and what it was like at that moment. */
export const showTimeline = async (context: CliContext, prefix: string, options: ShowOptions): Promise<ExitCode> => {
  const moment = options.at === undefined ? E.right(NOW) : parseMoment(options.at);
  if (E.isLeft(moment)) return usage(context, `--at must be ${moment.left}`);
  const answer = await withNamedLog<CausedTimeline & LogEnd>(context, async (log, names) => {
    const uid = await findUid(log, prefix);
    if (E.isLeft(uid)) return inWordsOf(uid);
    const timeline = pipe(
      await readAudited(log, uid.right),
      E.flatMap((read) => reaching(read, moment.right)),
      E.map((events) => causedTimeline(uid.right, events, moment.right, names)),
    );
    return inWordsOf(await withLogEnd(log, moment.right, timeline));
  });
  return printAnswer(context, answer, { json: options.json ?? false, lines: timelineLines });
};

const USES = { meeting: '', move: ', to be moved here', left: ', not here any more' } as const;

const agendaLines = ({ items, unreadable, ...end }: HostAgenda & LogEnd): ReadonlyArray<string> => {
  const rows = items.map(({ uid, start, end, use, booking }) => [
    minute(start),
    minute(end),
    booking === null ? 'held' : `${statusInWords(booking)}${USES[use]}`,
    booking?.title ?? '',
    booking === null ? '' : (booking.guest?.name ?? 'erased'),
    (booking?.calendars ?? []).map(({ calendarId, status }) => `${calendarId} ${status}`).join(', '),
    uid,
  ]);
  return [
    ...(rows.length === 0
      ? ['no time was held']
      : table(['START', 'END', 'STATUS', 'TITLE', 'GUEST', 'CALENDARS', 'UID'], rows)),
    ...(unreadable === 0 ? [] : [printable(`${unreadable} events of the schedule cannot be understood`)]),
    ...logEndLines(end),
  ];
};

export type AgendaOptions = {
  readonly at?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: true;
};

/** A host's agenda as the log knew it then; by default what had not ended at that moment. */
export const showAgenda = async (context: CliContext, hostId: string, options: AgendaOptions): Promise<ExitCode> => {
  const asked = instantsOf(options);
  if (E.isLeft(asked)) return usage(context, asked.left);
  const { at } = asked.right;
  const window = {
    from: asked.right.from ?? at ?? Temporal.Now.instant().epochMilliseconds,
    to: asked.right.to ?? Number.MAX_SAFE_INTEGER,
  };
  const moment = at === null ? NOW : ({ type: 'instant', ms: at } as const);
  const answer = await withNamedLog(context, async (log) =>
    inWordsOf(await withLogEnd(log, moment, await agendaOf(log, hostId, moment, window))),
  );
  return printAnswer(context, answer, { json: options.json ?? false, lines: agendaLines });
};
