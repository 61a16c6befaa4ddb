import type { BookingState, KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { mayNotifyOfCalendar } from '../notifications/calendar-told.ts';
import {
  guestsToTell,
  isMailKind,
  type MailKind,
  type RecipientFacts,
  recipientsOf,
} from '../notifications/mail-kinds.ts';
import { isWebhookTrigger, mayNotify, type Plan, planNotifications } from '../notifications/plan.ts';

/** What is to be said of one event, and who comes along after it. */
type Sayable = Pick<KnownBooking, 'guests' | 'detailsVersion'> & {
  readonly id: string;
  readonly about: string;
  readonly plan: Plan;
};
/** One event of which something may be said; `plan` null: it is not known what. */
type Cause = Sayable | { readonly id: string; readonly plan: null };

/** What names people of a booking without saying who they are. */
const KEY = /^(?:host|attendee|guest-\d{1,9})$/;
const TELLING: ReadonlySet<string> = new Set([
  'NotificationSent',
  'NotificationParked',
  'CalendarNotificationSent',
  'CalendarNotificationParked',
]);

/** All who may get a mail of a kind: what keeps some of them from it depends on what was sent, and on the moment. */
const keysOf = (kind: MailKind, who: Pick<KnownBooking, 'guests' | 'detailsVersion'>): ReadonlySet<string> => {
  const facts: RecipientFacts = {
    hostName: '',
    hostEmail: '',
    attendee: { name: '', email: '' },
    ...guestsToTell(who),
    guestsWait: false,
    alreadySaid: { confirmed: true },
  };
  return new Set(recipientsOf(kind, facts).map(({ key }) => key));
};

/** The same of a booking without guests: most mails are to one of these, and a log has hundreds of thousands. */
const usual = new Map<MailKind, ReadonlySet<string>>();
const isUsual = (kind: MailKind, recipient: string): boolean =>
  usual.getOrInsertComputed(kind, () => keysOf(kind, { guests: [], detailsVersion: 0 })).has(recipient);

/** A name that this version of the program does not know may be that of another one: nothing can be said of it. */
const faultOf = (told: RecordedEvent['data'], sayable: Sayable): string | null => {
  const { channel, notification, recipient } = told;
  if (typeof notification !== 'string' || typeof recipient !== 'string') return null;
  if (channel === 'webhook')
    return !isWebhookTrigger(notification) || sayable.plan.webhooks.includes(notification)
      ? null
      : `it says ${notification} of ${sayable.about}, of which no program is told that`;
  if (!isMailKind(notification)) return null;
  if (!sayable.plan.mails.includes(notification))
    return `it is a mail "${notification}" about ${sayable.about}, of which nobody is told that`;
  return isUsual(notification, recipient) || keysOf(notification, sayable).has(recipient)
    ? null
    : `it is a mail "${notification}" to ${KEY.test(recipient) ? recipient : 'somebody'}, to whom that does not go`;
};

/**
 * Whether what a booking's stream says that people and programs were told has its cause there: an event before it, of which
 * this is to be said, and to somebody who is told of it. An event that is not understood, or of which personal data is gone,
 * may have been told in any way. A kind that no event plans any more has to stay believed of those that once did.
 */
export const makeToldCheck = () => {
  // In order: what tells of an event stands shortly after it, and a map would cost more than all that is looked up in it.
  const causes: Cause[] = [];
  return {
    /** One event more, which is not understood, or not as a whole. */
    unknown: ({ id, type }: Pick<RecordedEvent, 'id' | 'type'>): void => {
      if (mayNotify(type)) causes.push({ id, plan: null });
    },
    /** One event more of a calendar's own stream: to whom it is told is for the configuration to say. */
    ofCalendar: ({ id, type }: Pick<RecordedEvent, 'id' | 'type'>): void => {
      if (mayNotifyOfCalendar(type)) causes.push({ id, plan: null });
    },
    /** One event more. What it plans is kept and no state, since a walk keeps this for each stream of the log. */
    planned: (id: string, event: BookingEvent, before: BookingState, after: BookingState): void => {
      const { type: about } = event;
      if (!mayNotify(about)) return;
      if (after.phase === 'none') return void causes.push({ id, plan: null });
      const { guests, detailsVersion } = after;
      causes.push({ id, about, plan: planNotifications(event, before), guests, detailsVersion });
    },
    /** What is wrong with what it tells; null: nothing, or it tells of nothing. */
    fault: ({ type, data }: Pick<RecordedEvent, 'type' | 'data'>): string | null => {
      if (!TELLING.has(type)) return null;
      const { causedBy } = data;
      if (typeof causedBy !== 'string') return null;
      const cause = causes.findLast(({ id }) => id === causedBy);
      if (cause === undefined) return 'it tells of an event that its stream does not have before it';
      return cause.plan === null ? null : faultOf(data, cause);
    },
  };
};
