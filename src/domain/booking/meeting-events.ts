import * as t from 'io-ts';
import { instantCodec, orNull, saltCodec } from '../log/envelope.ts';

/**
 * What the clock is to bring, in whole minutes: reminders before the start, and after it the question who came; null: it
 * is not asked.
 */
export const timersCodec = t.type({
  remindersInMinutes: t.readonlyArray(t.number),
  noShowCheckInMinutes: orNull(t.number),
});

/** So long before the start everybody is to be reminded. `start`: of the meeting as it was planned then, here and below. */
export const reminderFellDueCodec = t.type({ start: instantCodec, leadMinutes: t.number });

/** The booking was on when its start came. Whether anybody was there Holdfast cannot know. */
export const meetingStartedCodec = t.type({ start: instantCodec });

/** So long after the start nobody had said who came: the host is to be asked. */
export const noShowCheckFellDueCodec = t.type({ start: instantCodec });

/** The booking was on when its end came. */
export const meetingEndedCodec = t.type({ start: instantCodec, end: instantCodec });

/** Somebody said who was absent, or took it back: those alone of whom it is news. `host` null: nothing about the host. */
export const absenceMarkedCodec = t.type({
  host: orNull(t.boolean),
  personal: t.type({ salt: saltCodec, attendees: t.readonlyArray(t.type({ email: t.string, absent: t.boolean })) }),
});
