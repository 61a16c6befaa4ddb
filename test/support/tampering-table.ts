import { sha256Hex } from '../../src/adapters/hashing/sha256.ts';
import { rulesOf } from '../../src/domain/rules/decision-facts.ts';
import { IVAR, RUNA } from './audited-log.ts';
import { odd } from './hosts.ts';
import { TAMPERED_FACTS } from './tampered-facts.ts';
import {
  changed,
  cut,
  dropped,
  exchanged,
  inserted,
  inData,
  placeOf,
  type Tampering,
  redone,
  swapped,
  type Told,
  without,
} from './tamperings.ts';

const runa = `booking-${RUNA}`;
const ivar = `booking-${IVAR}`;
const changes = 'changes-installation';
const later = { start: '2050-09-06T10:00:00Z', end: '2050-09-06T10:30:00Z' };

const withoutType = (told: Told, stream: string, type: string): Told => dropped(told, placeOf(told, stream, type));
/** A booking, and all that its host's schedule says of it. */
const withoutTrace = (told: Told, uid: string): Told =>
  redone(
    without(told, `booking-${uid}`).filter(({ event }) => event.data.bookingUid !== uid),
    'schedule-odd',
  );
const otherRules = rulesOf(sha256Hex, { ...odd, calendarIds: [] });
const ID = '00000000-0000-4000-8000-0000000000ff';

/** Every kind, on the log of `toldLog`: bookings and schedules first, then the other streams. */
export const TAMPERINGS: ReadonlyArray<Tampering> = [
  {
    what: 'an event changed',
    alone: ['chain'],
    to: (told) => inData(told, runa, 'BookingRequested', (data) => ({ ...data, title: 'Another' })),
  },
  {
    what: 'an event changed that decides nothing, the chain redone',
    alone: ['head'],
    to: (told) =>
      redone(
        inData(told, runa, 'BookingRequested', (data) => ({ ...data, title: 'Another' })),
        runa,
      ),
  },
  {
    what: "a calendar's answer changed, the chain redone",
    alone: ['impossible', 'head'],
    to: (told) =>
      redone(
        inData(told, runa, 'CalendarSyncSucceeded', (data) => ({ ...data, attempt: 7 })),
        runa,
      ),
  },
  {
    what: 'the time of an event changed, the chain redone',
    alone: ['head'],
    to: (told) =>
      redone(
        changed(told, placeOf(told, runa, 'BookingAccepted'), (event) => ({
          ...event,
          occurredAt: '2050-09-05T08:00:11.4Z',
        })),
        runa,
      ),
  },
  {
    what: 'an event taken out',
    alone: ['chain'],
    gap: true,
    to: (told) => withoutType(told, runa, 'BookingLeftPending'),
  },
  {
    what: "a calendar's answer taken out, the chain redone",
    alone: ['impossible', 'head'],
    gap: true,
    to: (told) => redone(withoutType(told, runa, 'CalendarSyncSucceeded'), runa),
  },
  {
    what: "a calendar's answer taken out, the chain redone, positions counted anew",
    alone: ['impossible', 'head'],
    isClosed: true,
    to: (told) => redone(withoutType(told, runa, 'CalendarSyncSucceeded'), runa),
  },
  {
    what: 'two events of a stream exchanged',
    alone: ['chain'],
    to: (told) => swapped(told, placeOf(told, runa, 'CalendarSyncSucceeded'), placeOf(told, runa, 'BookingAccepted')),
  },
  {
    what: 'two events of a stream exchanged, the chain redone',
    alone: ['impossible', 'head'],
    to: (told) =>
      redone(swapped(told, placeOf(told, runa, 'CalendarSyncSucceeded'), placeOf(told, runa, 'BookingAccepted')), runa),
  },
  {
    what: 'an event put in',
    alone: ['chain'],
    to: (told) => inserted(told, placeOf(told, runa, 'CalendarSyncStarted'), ID),
  },
  {
    what: 'a second acceptance put in, the chain redone',
    alone: ['impossible', 'head'],
    to: (told) => redone(inserted(told, placeOf(told, runa, 'BookingAccepted'), ID), runa),
  },
  { what: 'a booking taken out', alone: ['no-booking', 'head'], gap: true, to: (told) => without(told, runa) },
  {
    what: 'a booking taken out, positions counted anew',
    alone: ['no-booking', 'head'],
    isClosed: true,
    to: (told) => without(told, runa),
  },
  {
    what: 'a cancelled booking taken out, positions counted anew',
    alone: ['no-booking', 'head'],
    isClosed: true,
    to: (told) => without(told, ivar),
  },
  {
    what: 'a booking taken out without a trace in its schedule',
    alone: ['head'],
    gap: true,
    to: (told) => withoutTrace(told, RUNA),
  },
  {
    what: 'a schedule taken out',
    alone: ['no-slot', 'head'],
    gap: true,
    to: (told) => without(told, 'schedule-odd'),
  },
  {
    what: 'a slot moved, the chain redone',
    alone: ['wrong-slot', 'head'],
    to: (told) =>
      redone(
        inData(told, 'schedule-odd', 'SlotHeld', (data) => ({ ...data, ...later, claim: later })),
        'schedule-odd',
      ),
  },
  { what: 'the end of a stream cut off', alone: ['head'], gap: true, to: (told) => cut(told, runa, 9) },
  {
    what: 'the end of a stream cut off behind a signed head, positions counted anew',
    alone: [],
    isClosed: true,
    to: (told) => cut(told, ivar, 6),
  },
  { what: 'the end of the log cut off', alone: [], to: (told) => told.slice(0, -1) },
  { what: 'the end of the log cut off, a signed head with it', alone: [], to: (told) => told.slice(0, -4) },
  { what: 'two bookings given the name of each other', alone: ['chain'], to: (told) => exchanged(told, runa, ivar) },
  {
    what: 'the first events of two bookings exchanged, both chains redone',
    alone: ['wrong-slot', 'head'],
    to: (told) =>
      redone(
        swapped(told, placeOf(told, runa, 'BookingRequested'), placeOf(told, ivar, 'BookingRequested')),
        runa,
        ivar,
      ),
  },
  {
    what: 'a mail said to be sent of an event that is not there, the chain redone',
    alone: ['no-cause', 'head'],
    to: (told) =>
      redone(
        inData(told, runa, 'NotificationSent', (data) => ({ ...data, causedBy: ID })),
        runa,
      ),
  },
  {
    what: "a host's rules changed, the chain redone",
    alone: ['impossible', 'head'],
    to: (told) =>
      redone(
        inData(told, 'rules-odd', 'HostRulesChanged', (data) => ({ ...data, rules: otherRules.rules })),
        'rules-odd',
      ),
  },
  {
    what: "a host's rules taken out",
    alone: ['no-rules', 'head'],
    gap: true,
    to: (told) => without(told, 'rules-odd'),
  },
  {
    what: "a host's rules and their digest changed, the chain redone",
    alone: ['no-rules', 'head'],
    to: (told) =>
      redone(
        inData(told, 'rules-odd', 'HostRulesChanged', () => ({ ...otherRules })),
        'rules-odd',
      ),
  },
  {
    what: 'a key that was made taken out, the chain redone',
    alone: ['head'],
    gap: true,
    to: (told) => redone(withoutType(told, changes, 'ApiKeyMade'), changes),
  },
  {
    what: 'a reading of personal data taken out, the chain redone, positions counted anew',
    alone: ['head'],
    isClosed: true,
    to: (told) => redone(withoutType(told, changes, 'PersonalDataRead'), changes),
  },
  {
    what: 'a signed head changed, the chain redone',
    alone: ['head'],
    to: (told) =>
      redone(
        inData(told, changes, 'HeadSigned', (data) => ({ ...data, size: 3 })),
        changes,
      ),
  },
  {
    what: 'a signed head taken out, the chain redone',
    alone: [],
    isClosed: true,
    to: (told) => redone(withoutType(told, changes, 'HeadSigned'), changes),
  },
  {
    what: 'a rotation of keys taken out',
    alone: [],
    to: (told) => withoutType(told, changes, 'WrappingKeyRotated'),
  },
  {
    what: 'the erasure of a person taken out',
    alone: [],
    gap: true,
    to: (told) => withoutType(told, ivar, 'PersonalDataErased'),
  },
  {
    what: "a calendar's own stream taken out",
    alone: ['head'],
    gap: true,
    to: (told) => without(told, 'calendar-work'),
  },
  ...TAMPERED_FACTS,
];
