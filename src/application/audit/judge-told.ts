import type { BookingState, KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import type { RecordedEvent } from '../../domain/log/envelope.ts';
import {
  guestsToTell,
  isMailKind,
  type MailKind,
  type RecipientFacts,
  recipientsOf,
} from '../notifications/mail-kinds.ts';
import { isWebhookTrigger, mayNotify, type Plan, planNotifications } from '../notifications/plan.ts';

/** One event of a stream; with what it is planned from, where it was understood. */
type Cause = {
  readonly id: string;
  story: { readonly event: BookingEvent; readonly before: BookingState; readonly after: KnownBooking } | null;
};

/** What is to be said of one event, and who comes along after it. */
type Sayable = Plan & Pick<KnownBooking, 'guests' | 'detailsVersion'> & { readonly about: string };

/** What names people of a booking without saying who they are. */
const KEY = /^(?:host|attendee|guest-\d{1,9})$/;
const TELLING: ReadonlySet<string> = new Set(['NotificationSent', 'NotificationParked']);

/** All who may get a mail of a kind: what keeps some of them from it depends on what was sent, and on the moment. */
const everybody = { hostName: '', hostEmail: '', attendee: { name: '', email: '' }, guestsWait: false };
const mayGet = (kind: MailKind, recipient: string, { guests, detailsVersion }: Sayable): boolean => {
  const facts: RecipientFacts = {
    ...everybody,
    ...guestsToTell({ guests, detailsVersion }),
    alreadySaid: { confirmed: true },
  };
  return recipientsOf(kind, facts).some(({ key }) => key === recipient);
};

/** A name that this version of the program does not know may be that of another one: nothing can be said of it. */
const faultOf = (told: RecordedEvent['data'], sayable: Sayable): string | null => {
  const { channel, notification, recipient } = told;
  if (typeof notification !== 'string' || typeof recipient !== 'string') return null;
  if (channel === 'webhook')
    return !isWebhookTrigger(notification) || sayable.webhooks.includes(notification)
      ? null
      : `it says ${notification} of ${sayable.about}, of which no program is told that`;
  if (!isMailKind(notification)) return null;
  if (!sayable.mails.includes(notification))
    return `it is a mail "${notification}" about ${sayable.about}, of which nobody is told that`;
  return mayGet(notification, recipient, sayable)
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
  const sayableOf = ({ story }: Cause): Sayable | null => {
    if (story === null) return null;
    const { event, before, after } = story;
    const { guests, detailsVersion } = after;
    return { ...planNotifications(event, before), guests, detailsVersion, about: event.type };
  };
  return {
    /** One event more, whatever it is. */
    note: ({ id, type }: Pick<RecordedEvent, 'id' | 'type'>): void => {
      if (mayNotify(type)) causes.push({ id, story: null });
    },
    /** The same event, understood. */
    planned: (id: string, event: BookingEvent, before: BookingState, after: BookingState): void => {
      const last = causes.at(-1);
      if (last?.id === id && after.phase !== 'none') last.story = { event, before, after };
    },
    /** What is wrong with what it tells; null: nothing, or it tells of nothing. */
    fault: ({ type, data }: Pick<RecordedEvent, 'type' | 'data'>): string | null => {
      const { causedBy } = data;
      if (!TELLING.has(type) || typeof causedBy !== 'string') return null;
      const cause = causes.findLast(({ id }) => id === causedBy);
      if (cause === undefined) return 'it tells of an event that its stream does not have before it';
      const sayable = sayableOf(cause);
      return sayable === null ? null : faultOf(data, sayable);
    },
  };
};
