import { describe, expect, it } from 'vitest';
import { LONGEST_REASON, noteText, readNote } from '../../../../src/adapters/eventstoredb/consumers/parked-note.ts';

const message = { position: 7, stream: 'booking-1', revision: 3, key: 'k', attempts: 2, reason: 'an older one' };
const NOW = 2_545_603_200_000;
const said = (text: string): string => `Client explicitly NAK'ed message.\n${text}`;

describe('the note on a parked message', () => {
  it('given what a node said, then people read the reason first, and a node reads all of it', () => {
    const text = noteText(message, 'BookingAccepted', 'refused', NOW);
    expect(text.split('\n')[0]).toBe('refused');
    expect(readNote(said(text))).toEqual({
      reason: 'refused',
      note: { ...message, reason: 'refused', type: 'BookingAccepted', parkedAt: '2050-09-01T00:00:00Z' },
    });
  });

  it.each(['one\n{"a":1}', 'a\nb', '', '\n{'])('given the reason %j, then it is read as it was', (reason) => {
    expect(readNote(said(noteText(message, 'X', reason, NOW))).reason).toBe(reason);
  });

  it('given a reason of any length, then so much of it is kept', () => {
    const { reason } = readNote(noteText(message, 'X', 'r'.repeat(LONGEST_REASON + 1), NOW));
    expect(reason).toBe('r'.repeat(LONGEST_REASON));
  });

  it.each(['Reached retry count of 10', said('by hand'), said('by hand\n{"no":"note"}'), said('by hand\n{')])(
    'given %j, which no node of ours wrote, then there is no note',
    (text) => {
      const read = readNote(text);
      expect(read.note).toBeNull();
      expect(text).toContain(read.reason);
    },
  );
});
