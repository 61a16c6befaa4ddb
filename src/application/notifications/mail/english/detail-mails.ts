import { type Block, type MailDocument, paragraph } from '../mail-document.ts';
import {
  askToTellGuests,
  footerOf,
  companyRows,
  linkRows,
  ownPage,
  rows,
  subjectOf,
  type View,
  whatRow,
  whenRow,
  whereRows,
  withRow,
  type Words,
} from './view.ts';
import type { RecipientFacts } from '../../mail-kinds.ts';

type Guests = RecipientFacts['guests'];

const named = ({ name, email }: Guests[number]): string => (name === '' ? email : `${name}, ${email}`);

type Text = {
  readonly subject: string;
  readonly tone: MailDocument['tone'];
  readonly title: string;
  readonly said: string;
};

const mail = (view: View, { subject, tone, title, said }: Text, more: ReadonlyArray<Block> = []): MailDocument => ({
  subject: subjectOf(view, subject),
  tone,
  label: subject,
  title,
  blocks: [
    paragraph(said),
    ...more,
    rows(
      whatRow(view),
      whenRow(view),
      ...whereRows(view, true),
      ...linkRows(view),
      withRow(view),
      ...companyRows(view),
    ),
    ...ownPage(view, 'Open the booking'),
  ],
  footer: footerOf(view),
});

/** What stays as it is; while it is open whether the booking stands at all nobody can say so. */
const otherwise = ({ facts, role }: View, stays: string): string =>
  facts.unsettled
    ? `Whether the booking stands is still open, since ${role === 'host' ? 'its event was changed in your calendar' : `${facts.hostName} changed its event in their calendar`}.`
    : stays;

const list = (guests: Guests): string => guests.map(named).join('; ');

const guestsAdded = (view: View): MailDocument => {
  const { facts, role } = view;
  if (role === 'guest')
    return mail(view, {
      subject: 'Invitation',
      tone: 'good',
      title: `${facts.eventTitle} with ${facts.hostName}`,
      said: `You were added to the meeting of ${facts.attendee.name} with ${facts.hostName}. If you cannot come, please tell ${facts.attendee.name}.`,
    });
  const { length } = facts.addedGuests;
  const added = {
    subject: length === 1 ? 'Guest added' : 'Guests added',
    tone: 'good',
    title: length === 1 ? 'One more guest comes along' : `${length} more guests come along`,
    said: `Added: ${list(facts.addedGuests)}. ${otherwise(view, 'Time and place stay as they are.')}`,
  } as const;
  return mail(view, added, askToTellGuests(view));
};

const guestRemoved = (view: View): MailDocument => {
  const { facts, role } = view;
  if (role === 'guest')
    return mail(view, {
      subject: 'Not invited any more',
      tone: 'ended',
      title: 'You are not expected at this meeting any more',
      said: `You were taken off the meeting of ${facts.attendee.name} with ${facts.hostName}. The attached file takes it out of your calendar.`,
    });
  return mail(view, {
    subject: 'Guest removed',
    tone: 'ended',
    title: 'A guest does not come along any more',
    said: `Removed: ${list(facts.removedGuests)}. ${otherwise(view, 'The meeting itself stays as it is.')}`,
  });
};

const locationChanged = (view: View): MailDocument =>
  mail(view, {
    subject: 'New place',
    tone: 'good',
    title: 'The meeting takes place elsewhere',
    said:
      view.facts.location === '' && view.facts.meetingLink === null
        ? `The place of before does not hold any more, and no other was named yet. ${otherwise(view, 'The time stays as it is.')}`
        : `Only the place has changed. ${otherwise(view, 'The time stays as it is.')}`,
  });

/** Mails about who comes along and where the meeting takes place, of a booking that is confirmed. */
export const detailMails = {
  'guests-added': guestsAdded,
  'guest-removed': guestRemoved,
  'location-changed': locationChanged,
} satisfies Words;
