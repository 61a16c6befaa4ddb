import * as O from 'fp-ts/lib/Option.js';
import { type MailDocument, paragraph } from '../mail-document.ts';
import { footerOf, reasonRows, rows, subjectOf, type View, whatRow, whenRow, withRow } from './view.ts';

const facts = (view: View) => rows(whatRow(view), whenRow(view), withRow(view), ...reasonRows(view));

const whyExpired = ({ facts: { pendingReason, hostName }, role }: View): string => {
  if (pendingReason === 'awaiting_approval')
    return role === 'host' ? 'It was not approved in time.' : `${hostName} did not answer in time.`;
  return role === 'host'
    ? 'Your calendar did not take it in time.'
    : `It could not be written into the calendar of ${hostName} in time.`;
};

export const expiredMail = (view: View): MailDocument => ({
  subject: subjectOf(view, view.role === 'host' ? 'Expired' : 'Sorry, not confirmed'),
  tone: 'ended',
  label: 'Expired',
  title:
    view.role === 'host'
      ? `The booking of ${view.facts.attendee.name} expired`
      : 'Sorry, your booking could not be confirmed',
  blocks: [
    paragraph(
      view.role === 'host'
        ? `${whyExpired(view)} It was never confirmed, the time is free again, and ${view.facts.attendee.name} is told.`
        : `${whyExpired(view)} It does not take place. The time is no longer held; you are welcome to book another one.`,
    ),
    facts(view),
  ],
  footer: footerOf(view),
});

const whoCancelled = ({ facts: { endedBy, attendee, hostName }, role }: View): string => {
  switch (endedBy) {
    case 'guest':
      return role === 'attendee' ? 'You cancelled this booking.' : `${attendee.name} cancelled this booking.`;
    case 'host':
      return role === 'host' ? 'You cancelled this booking.' : `${hostName} cancelled this booking.`;
    case 'operator':
    case 'system':
      return role === 'host' ? 'This booking was cancelled for you.' : `This booking was cancelled for ${hostName}.`;
  }
};

/** S36. The invitation's cancelling goes with it where there was an invitation. */
export const cancelledMail = (view: View): MailDocument => {
  const { alreadySaid, organizer } = view.facts;
  const calendar =
    alreadySaid.confirmed && O.isSome(organizer) ? ' The attached message takes it out of your own calendar.' : '';
  return {
    subject: subjectOf(view, 'Cancelled'),
    tone: 'ended',
    label: 'Cancelled',
    title:
      view.role === 'host'
        ? `${view.facts.eventTitle} with ${view.facts.attendee.name} is off`
        : `${view.facts.eventTitle} with ${view.facts.hostName} is off`,
    blocks: [paragraph(`${whoCancelled(view)} It does not take place.${calendar}`), facts(view)],
    footer: footerOf(view),
  };
};

/** S18. */
export const declinedMail = (view: View): MailDocument => ({
  subject: subjectOf(view, 'Declined'),
  tone: 'ended',
  label: 'Declined',
  title: `${view.facts.hostName} declined your request`,
  blocks: [
    paragraph('The booking does not take place. The time is no longer held; you are welcome to ask for another one.'),
    facts(view),
  ],
  footer: footerOf(view),
});
