import { describe, expect, it } from 'vitest';
import { openedEvent, type SealFor, sealedEvent } from '../../../../src/adapters/calendars/local/sealed-event.ts';

const runa = { name: 'Runa', email: 'Runa@example.org' };
const ola = { name: 'Ola', email: 'ola@example.net' };
const times = { sequence: 0, status: 'confirmed', start: '2050-09-05T08:00:00Z', end: '2050-09-05T08:30:00Z' };
const organizer = { name: 'Odd', email: 'odd@example.org' };
const kept = {
  ...times,
  organizer,
  summary: 'Intro: Runa',
  description: 'topic: x',
  location: 'y',
  attendees: [runa, ola],
};

/** Keys are mailboxes, and what is sealed is its context and text: read where that key is one of `keys`. */
const sealFor =
  (forgotten: ReadonlyArray<string> = [], unknown: ReadonlyArray<string> = []): SealFor =>
  (mailbox, context, text) => {
    if (unknown.includes(mailbox)) return null;
    return forgotten.includes(mailbox) ? 'forgotten' : { key: mailbox, text: JSON.stringify({ context, text }) };
  };
const openWith = (keys: ReadonlyArray<string>) => (key: string, context: string, sealed: string) => {
  const was = JSON.parse(sealed);
  return keys.includes(key) && was.context === context ? String(was.text) : null;
};
const [ofRuna, ofOla] = ['runa@example.org', 'ola@example.net'];
const bare = { ...times, organizer, summary: '(erased)', description: '', location: '' };

describe('an event of a built-in calendar in a backup', () => {
  it('given the keys of its people, then it is as it was', () => {
    const sealed = sealedEvent('a', kept, sealFor()) ?? {};
    expect(sealed).toMatchObject({ ...bare, attendees: [] });
    expect(openedEvent('a', sealed, openWith([ofRuna, ofOla]))).toEqual(kept);
    expect(sealedEvent('a', sealed, sealFor())).toBeNull();
  });

  it('given a key that is gone, then nothing of that person is shown', () => {
    const sealed = sealedEvent('a', kept, sealFor()) ?? {};
    expect(openedEvent('a', sealed, openWith([ofRuna]))).toEqual({ ...kept, attendees: [runa] });
    expect(openedEvent('a', sealed, openWith([ofOla]))).toEqual({ ...bare, attendees: [ola] });
    expect(openedEvent('b', sealed, openWith([ofRuna, ofOla]))).toEqual({ ...bare, attendees: [] });
  });

  it('given somebody who was forgotten before it is sealed, then they are left out', () => {
    expect(sealedEvent('a', kept, sealFor([ofRuna]))).toEqual({ ...bare, attendees: [] });
    const sealed = sealedEvent('a', kept, sealFor([ofOla])) ?? {};
    expect(openedEvent('a', sealed, openWith([ofRuna, ofOla]))).toEqual({ ...kept, attendees: [runa] });
  });

  it('given people without keys, as in a log in the clear, then they stay in the clear as well', () => {
    expect(sealedEvent('a', kept, sealFor([], [ofRuna]))).toBeNull();
    expect(sealedEvent('a', { ...kept, attendees: [] }, sealFor())).toBeNull();
    const sealed = sealedEvent('a', kept, sealFor([], [ofOla])) ?? {};
    expect(openedEvent('a', sealed, openWith([ofRuna]))).toEqual(kept);
  });
});
