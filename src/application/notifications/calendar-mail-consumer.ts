import * as E from 'fp-ts/lib/Either.js';
import type { BookingBuses } from '../commands/booking-buses.ts';
import { calendarIdOf } from '../commands/aggregate.ts';
import type { Leasing } from '../consumers/leasing.ts';
import { isOutage, verdictOnFailure } from '../consumers/verdict-on-failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConsumerGroup, Delivery, Verdict } from '../ports/consumer-groups.ts';
import type { Identity } from '../ports/identity.ts';
import type { Mail, Mailer } from '../ports/mailer.ts';
import { notificationEffect } from '../../domain/booking/lease.ts';
import type { RetryPolicy } from '../../domain/booking/commands.ts';
import { retryDelayMs } from '../../domain/booking/retry.ts';
import type { CalendarState } from '../../domain/calendar/calendar-state.ts';
import type { CalendarCommand } from '../../domain/calendar/decide.ts';
import { MOST_MAILS_A_DAY } from '../../domain/calendar/decide.ts';
import type { CalendarStreamEventOf, CalendarStreamEventType } from '../../domain/calendar/events.ts';
import type { Host } from '../../domain/bookable/host.ts';
import { decodeCalendarEvent } from '../../domain/log/decode.ts';
import { toEpochMs } from '../../domain/time/interval.ts';
import { objectsUnreadable } from './mail/english/calendar-objects.ts';
import { messageId } from './mail/message-id.ts';
import { renderHtml } from './mail/render/render-html.ts';
import { renderText } from './mail/render/render-text.ts';

const NOTIFICATION = 'calendar-objects-unreadable';

/** Which events of a calendar's own stream hosts are told of: a new one has to be decided about here. */
const isTold: { readonly [T in CalendarStreamEventType]: boolean } = {
  CalendarConnected: false,
  CalendarAddressChanged: false,
  CalendarObjectsUnreadable: true,
  CalendarObjectsNotNamed: false,
  CalendarObjectsCleared: false,
  CalendarEffectLeased: false,
  CalendarNotificationSent: false,
  CalendarNotificationParked: false,
};
const tells = (type: string): boolean => Object.entries(isTold).some(([told, is]) => is && told === type);

export type CalendarMailDeps = {
  readonly buses: Pick<BookingBuses, 'calendars'>;
  /** Those who have the calendar now; each is told. */
  readonly hostsOf: (calendarId: string) => ReadonlyArray<Host>;
  readonly calendarLabel: (calendarId: string) => string;
  /** The right side of our Message-IDs. */
  readonly domain: string;
  readonly mailer: Pick<Mailer, 'send'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  readonly leasing: Leasing;
  /** Milliseconds that a mail may take: the lease of one lasts longer. */
  readonly mailTimeLimitMs: number;
  readonly retry: RetryPolicy;
  readonly maxAttempts: number;
  readonly jitter: () => number;
  readonly signal: AbortSignal;
};

type Unreadable = CalendarStreamEventOf<'CalendarObjectsUnreadable'>;
type Letter = { readonly calendarId: string; readonly host: Host; readonly mail: Mail };

/** What is gone by now, or can be read, is not told; null: nothing is left to tell. */
const letterTo = (
  deps: CalendarMailDeps,
  { event: recorded }: Delivery,
  event: Unreadable,
  calendar: CalendarState,
  host: Host,
): Letter | null => {
  const calendarId = calendarIdOf(recorded.stream) ?? '';
  const present = new Set(calendar.unreadable.map(({ href }) => href));
  const objects = event.data.personal.objects.filter(({ href }) => present.has(href));
  if (objects.length === 0) return null;
  const document = objectsUnreadable({
    calendarLabel: deps.calendarLabel(calendarId),
    timeZone: host.timeZone,
    objects,
    more: event.data.more,
    mostADay: MOST_MAILS_A_DAY,
  });
  const mail = {
    messageId: messageId(recorded.id, `host-${host.id}`, deps.domain),
    to: { name: host.name, address: host.email },
    subject: document.subject,
    text: renderText(document),
    html: renderHtml(document),
  };
  return { calendarId, host, mail };
};

const outcomeBefore = (calendar: CalendarState, causedBy: string, hostId: string): 'sent' | 'parked' | undefined => {
  const outcomes = calendar.told
    .filter((told) => told.causedBy === causedBy && told.recipient === hostId && told.notification === NOTIFICATION)
    .map(({ outcome }) => outcome);
  return outcomes.find((outcome) => outcome === 'sent') ?? outcomes[0];
};

const ack: Verdict = { type: 'ack' };

const execute = (deps: CalendarMailDeps, calendarId: string, causationId: string, command: CalendarCommand) =>
  deps.buses.calendars.execute(calendarId, command, {
    commandId: deps.identity.newCommandId(),
    actor: { kind: 'system' },
    correlationId: calendarId,
    causationId,
  })();

/** What was sent is not sent again. What was refused waits for an operator. Null: it is still to be sent. */
const concluded = (before: 'sent' | 'parked' | undefined, { replayed }: Delivery): Verdict | null => {
  if (before === 'sent') return ack;
  return before === 'parked' && replayed !== true ? { type: 'park', reason: 'refused before' } : null;
};

/** Null: this node may send. Where one process has the log alone it always may. */
const lease = async (deps: CalendarMailDeps, delivery: Delivery, letter: Letter): Promise<Verdict | null> => {
  const { event } = delivery;
  const { clock, leasing, mailTimeLimitMs } = deps;
  if (leasing === null) return null;
  const now = clock.now();
  const effect = notificationEffect(`${NOTIFICATION} ${letter.host.id}`, event.id);
  const wish = { node: leasing.node, until: now + mailTimeLimitMs + leasing.leaseMs };
  const taken = await execute(deps, letter.calendarId, event.id, {
    type: 'LeaseCalendarEffect',
    effect,
    lease: wish,
    now,
  });
  if (E.isRight(taken)) return concluded(outcomeBefore(taken.right.state, event.id, letter.host.id), delivery);
  return taken.left.type === 'Refused'
    ? { type: 'defer', afterMs: Math.max(1_000, toEpochMs(taken.left.rejection.until) - now) }
    : verdictOnFailure(taken.left);
};

/** Sends one letter and writes down what came of it, unless it is to be tried again. */
const send = async (deps: CalendarMailDeps, delivery: Delivery, letter: Letter): Promise<Verdict> => {
  const { event, attempt } = delivery;
  const kept = await lease(deps, delivery, letter);
  if (kept !== null) return kept;
  const sent = await deps.mailer.send(letter.mail, deps.signal)();
  if (E.isLeft(sent) && sent.left.type === 'try-later' && attempt < deps.maxAttempts)
    return { type: 'retry', reason: sent.left.message };
  const told = { causedBy: event.id, channel: 'mail', notification: NOTIFICATION, recipient: letter.host.id } as const;
  const now = deps.clock.now();
  const noted = await execute(
    deps,
    letter.calendarId,
    event.id,
    E.isRight(sent)
      ? { type: 'RecordCalendarNotification', now, sent: { ...told, messageId: letter.mail.messageId } }
      : { type: 'ParkCalendarNotification', now, parked: { ...told, reason: sent.left.message } },
  );
  if (E.isLeft(noted))
    return isOutage(noted.left) ? verdictOnFailure(noted.left) : { type: 'retry', reason: noted.left.type };
  return E.isRight(sent) ? ack : { type: 'park', reason: `to ${letter.host.id}: ${sent.left.message}` };
};

/** As long as one is not content the message comes again; what was sent is not sent again then. */
const together = (verdicts: ReadonlyArray<Verdict>): Verdict =>
  verdicts.find(({ type }) => type === 'retry') ??
  verdicts.find(({ type }) => type === 'defer') ??
  verdicts.find(({ type }) => type === 'park') ??
  ack;

const handle = async (deps: CalendarMailDeps, delivery: Delivery): Promise<Verdict> => {
  const { event: recorded } = delivery;
  const calendarId = calendarIdOf(recorded.stream) ?? '';
  const decoded = decodeCalendarEvent(recorded);
  if (E.isLeft(decoded)) return { type: 'park', reason: decoded.left.reason };
  const event = decoded.right;
  if (event.type !== 'CalendarObjectsUnreadable') return ack;
  // Another node may have told it already: what this one remembers is enough only where it has the log alone.
  const { calendars } = deps.buses;
  const loaded = await (
    deps.leasing === null ? calendars.loadUpTo(calendarId, recorded.revision) : calendars.load(calendarId)
  )();
  if (E.isLeft(loaded)) return verdictOnFailure(loaded.left);
  const calendar = loaded.right.state;
  const verdicts: Verdict[] = [];
  for (const host of deps.hostsOf(calendarId)) {
    const before = concluded(outcomeBefore(calendar, recorded.id, host.id), delivery);
    const letter = letterTo(deps, delivery, event, calendar, host);
    if (letter !== null) verdicts.push(before ?? (await send(deps, delivery, letter)));
  }
  return together(verdicts);
};

/**
 * Tells the hosts of a calendar, by mail, what is odd in it: one mail for all objects that one look has found. At least once,
 * and under one Message-ID.
 */
export const calendarMailConsumer = (deps: CalendarMailDeps): ConsumerGroup => ({
  name: 'calendar-mail',
  accepts: ({ stream, type }) => calendarIdOf(stream) !== null && tells(type),
  startAt: 'now',
  keyOf: ({ stream }) => stream,
  maxInFlight: 8,
  maxAttempts: deps.maxAttempts,
  backoffMs: (attempt) => retryDelayMs(deps.retry, attempt, deps.jitter()),
  handle: (delivery) => handle(deps, delivery),
});
