import type { MailKind } from '../../mail-kinds.ts';
import type { MailDocument } from '../mail-document.ts';
import { calendarMails } from './calendar-mails.ts';
import { decidedMails } from './decided-mails.ts';
import { differenceMails } from './difference-mails.ts';
import { detailMails } from './detail-mails.ts';
import { meetingMails } from './meeting-mails.ts';
import { rescheduleMails } from './reschedule-mails.ts';
import { pendingMails } from './pending-mails.ts';
import type { View } from './view.ts';

/** All words of all mails in one language; another language is another folder with such a record. */
type Language = Readonly<Record<MailKind, (view: View) => MailDocument>>;

/** A kind without words breaks the build here. Its words belong into one of these chapters. */
export const english: Language = {
  ...pendingMails,
  ...decidedMails,
  ...meetingMails,
  ...rescheduleMails,
  ...detailMails,
  ...calendarMails,
  ...differenceMails,
};
