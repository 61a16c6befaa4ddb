import type { MailDocument } from '../mail-document.ts';
import type { MailKind } from '../mail-facts.ts';
import { actionNeeded, calendarBehind, removalPending } from './action-needed.ts';
import { confirmedMail } from './confirmed.ts';
import { cancelledMail, declinedMail, expiredMail } from './ended.ts';
import { approvalNeeded, awaitingApproval, receivedNotConfirmed } from './pending.ts';
import type { View } from './view.ts';

/** All words of all mails in one language; another language is another folder with such a record. */
export type Language = Readonly<Record<MailKind, (view: View) => MailDocument>>;

export const english: Language = {
  confirmed: confirmedMail,
  'received-not-confirmed': receivedNotConfirmed,
  'awaiting-approval': awaitingApproval,
  'approval-needed': approvalNeeded,
  'action-needed': actionNeeded,
  'calendar-behind': calendarBehind,
  expired: expiredMail,
  cancelled: cancelledMail,
  declined: declinedMail,
  'removal-pending': removalPending,
};
