import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import { isOn } from '../../domain/booking/booking-status.ts';
import type { Effect } from '../../domain/saga/effect.ts';
import { react } from '../../domain/saga/react.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { english } from '../../application/notifications/mail/english/english.ts';
import type { MailFacts } from '../../application/notifications/mail/mail-facts.ts';
import { momentText } from '../../domain/time/instant-text.ts';
import { asInMail, sentence, type StatusInWords } from './words.ts';

export type HostReader = { readonly timeZone: string; readonly calendarLabel: (calendarId: string) => string };

export const LANGUAGE = 'en-GB';
export const momentFor = ({ timeZone }: HostReader, instant: string): string =>
  momentText(instant, timeZone, LANGUAGE, 'second');

const deciding = ({ attendee: { name } }: MailFacts): StatusInWords => ({
  tone: 'waiting',
  label: 'Not confirmed yet',
  title: `${name} booked a time with you`,
  said: [sentence('The time is held. Nobody is told that it is confirmed before a calendar of yours holds it.')],
});

const confirmed = ({ attendee: { name }, failingCalendars, end }: MailFacts, now: number): StatusInWords => ({
  tone: 'good',
  label: 'Confirmed',
  title: `${name} ${now >= toEpochMs(end) ? 'met' : 'meets'} you`,
  said: [
    ...(now >= toEpochMs(end) ? [sentence('This time has passed.')] : []),
    ...(failingCalendars.length === 0
      ? []
      : [{ type: 'notice', text: 'Not all of your calendars hold the booking; see below.' } as const]),
  ],
});

const declined = ({ attendee: { name } }: MailFacts): StatusInWords => ({
  tone: 'ended',
  label: 'Declined',
  title: `You declined the request of ${name}`,
  said: [sentence('The booking does not take place, and the time is free again.')],
});

/** As in the mail, with each thing that was found and what follows of it; the page that the mail leads to is this one. */
const differs = (facts: MailFacts): StatusInWords => {
  const { said, ...status } = asInMail('calendar-differs', facts, 'host');
  const found = english['calendar-differs']({ facts, role: 'host' }).blocks.flatMap((block) =>
    block.type === 'list' ? block.items.map(({ title, lines }) => sentence(`${title}: ${lines.join(' ')}`)) : [],
  );
  // What is being written again already has no form to undo it.
  const undo = facts.differences.some(({ wants }) => wants !== 'restore')
    ? [sentence('If that was not meant, undo it below: the event is written again, as it was booked.')]
    : [];
  return { ...status, said: [...said.filter(({ type }) => type === 'notice'), ...found, ...undo] };
};

/** The truth of the moment for the host, in the words of the mails where there is one for it. `now`: epoch milliseconds. */
export const hostStatus = (booking: KnownBooking, facts: MailFacts, now: number): StatusInWords => {
  switch (booking.phase) {
    case 'pending':
      if (booking.because === 'deciding') return deciding(facts);
      return asInMail(booking.because === 'awaiting_approval' ? 'approval-needed' : 'action-needed', facts, 'host');
    case 'accepted':
      return isOn(booking) ? confirmed(facts, now) : differs(facts);
    case 'rejected':
      return declined(facts);
    case 'expired':
      return asInMail('expired', facts, 'host');
    case 'cancelled':
      return asInMail('cancelled', facts, 'host');
  }
};

/** One step of the saga that is still to come, as a sentence; null: it is none that people wait for. */
const stepInWords = (effect: Effect, reader: HostReader): string | null => {
  const when = effect.at === null ? 'now' : `on ${momentFor(reader, effect.at)}`;
  const calendar = 'calendarId' in effect ? `Calendar “${reader.calendarLabel(effect.calendarId)}”` : '';
  switch (effect.type) {
    case 'MakeRoom':
      return 'The video room is made now; the calendars are written after it, with its link.';
    case 'WriteCalendar':
      return `${calendar} is written ${when} (attempt ${effect.attempt}).`;
    case 'ResolveCalendarWrite':
      return `${calendar} is being written (attempt ${effect.attempt}); its answer is awaited.`;
    case 'MoveCalendarEvent':
      return `The event in ${calendar.replace('Calendar', 'calendar')} is moved ${when} (attempt ${effect.attempt}).`;
    case 'ResolveCalendarMove':
      return `The event in ${calendar.replace('Calendar', 'calendar')} is being moved (attempt ${effect.attempt}); the answer is awaited.`;
    case 'FailReschedule':
      return effect.reason === 'approval_missed'
        ? `The new time waits for your decision. Without one ${when.replace('on', 'by')} the old time stays, and the guest is told.`
        : effect.at === null
          ? null
          : `If no calendar has taken the new time by then, the old one stays ${when.replace('on', 'from')}, and the guest is told.`;
    case 'ConfirmCalendarEvent':
      return `${calendar} is told ${when} that the booking is on (attempt ${effect.attempt}).`;
    case 'DecorateCalendarEvent':
      return `${calendar} is told ${when} where to meet (attempt ${effect.attempt}).`;
    case 'RemoveFromCalendar':
      return `The event is taken out of ${calendar.replace('Calendar', 'calendar')} ${when} (attempt ${effect.attempt}).`;
    case 'LeavePending':
      return effect.at === null ? null : `If no calendar has taken it by then, the guest is told so ${when}.`;
    case 'RemindOfApproval':
      return `You are reminded by mail ${when}.`;
    case 'Expire':
      return effect.reason === 'approval_missed'
        ? `It waits for your decision. Without one it expires ${when}: the time is freed, and the guest is told.`
        : `It waits for a calendar to take it. If none has, it expires ${when}: the time is freed, and the guest is told.`;
    case 'FollowCalendarEvent':
      return `The booking follows its event in ${calendar.replace('Calendar', 'calendar')} to ${momentFor(reader, effect.start)}, if that time is free.`;
    case 'CancelForDifference':
      return `Your calendar does not hold the booking any more. It is cancelled ${when}, and the guest is told, unless you say otherwise.`;
    case 'CompleteReschedule':
    case 'SettleReschedules':
    case 'Accept':
    case 'ConfirmSlot':
    case 'ReleaseSlot':
      return null;
  }
};

/** What waits for what: all that is still to come by itself, or by the host. */
export const nextSteps = (booking: KnownBooking, reader: HostReader): ReadonlyArray<string> =>
  react(booking).flatMap((effect) => stepInWords(effect, reader) ?? []);
