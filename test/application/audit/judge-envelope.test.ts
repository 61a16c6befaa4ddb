import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { makeLogVerifier } from '../../../src/application/audit/log-verifier.ts';
import type { Envelope } from '../../../src/domain/log/envelope.ts';
import { IVAR, RUNA } from '../../support/audited-log.ts';
import { changed, inData, placeOf, redone, type Told } from '../../support/tamperings.ts';
import { toldLog } from '../../support/told-log.ts';

const [runa, ivar, changes, calendar] = [
  `booking-${RUNA}`,
  `booking-${IVAR}`,
  'changes-installation',
  'calendar-work',
] as const;
const told = toldLog();
const idOf = (type: string): string => told[placeOf(told, runa, type)]?.event.id ?? '';

/** What is found beside signed heads, which tell that something was changed and not what. */
const findings = (log: Told): ReadonlyArray<string> => {
  const verifier = makeLogVerifier(sha256Hex);
  const found = log.flatMap(({ stream, revision, event }, index) =>
    verifier.add({ ...event, stream, revision, position: index + 1 }),
  );
  return [...found, ...verifier.end()].map(({ kind, stream, reason }) => `${kind} ${stream}: ${reason}`);
};
const altered = (stream: string, type: string, change: (event: Envelope) => Envelope): Told =>
  redone(changed(told, placeOf(told, stream, type), change), stream);

describe('what stands around the data of an event', () => {
  it('given a log as it was written, then nothing is found', () => {
    expect(findings(told)).toEqual([]);
  });

  it.each([
    [
      'an actor that there is not',
      altered(runa, 'CalendarSyncStarted', (event) => ({ ...event, actor: JSON.parse('{"kind":"emperor"}') })),
      `impossible ${runa}: its actor is of no kind that there is`,
    ],
    [
      'an actor with a name',
      altered(runa, 'CalendarSyncStarted', (event) => ({
        ...event,
        actor: JSON.parse('{"kind":"system","name":"Eve"}'),
      })),
      `impossible ${runa}: its actor has a field name`,
    ],
    [
      'a cancellation by the guest that the host did',
      altered(ivar, 'BookingCancelled', (event) => ({ ...event, actor: { kind: 'host', id: 'key_1' } })),
      `impossible ${ivar}: its actor is not the one that it names`,
    ],
    [
      'a reading of personal data under the name of another key',
      altered(changes, 'PersonalDataRead', (event) => ({ ...event, actor: { kind: 'operator', id: 'key_eve' } })),
      `impossible ${changes}: its actor is not the key that did it`,
    ],
    [
      'a key that another one is said to have made',
      redone(
        inData(told, changes, 'ApiKeyMade', (data) => ({ ...data, by: 'key_eve' })),
        changes,
      ),
      `impossible ${changes}: its actor is not the key that did it`,
    ],
    [
      'a cause that is not there',
      altered(runa, 'BookingAccepted', (event) => ({ ...event, causationId: event.id.replace(/.$/, 'f') })),
      `no-cause ${runa}: what led to it is an event that its stream does not have before it`,
    ],
    [
      'a cause that came later',
      altered(runa, 'CalendarSyncStarted', (event) => ({ ...event, causationId: idOf('BookingAccepted') })),
      `no-cause ${runa}: what led to it is an event that its stream does not have before it`,
    ],
    [
      'an event with the id of another one',
      altered(runa, 'CalendarEventConfirmed', (event) => ({ ...event, id: idOf('CalendarSyncStarted') })),
      `impossible ${runa}: another event before it has its id`,
    ],
    [
      "a calendar's stream that was given the name of another one",
      told.map((one) => (one.stream === calendar ? { ...one, stream: 'calendar-home' } : one)),
      'chain calendar-home: it was written for work: it was moved here',
    ],
  ])('given %s, then it is named', (_, log, found) => {
    expect(findings(log)).toEqual([found]);
  });
});
