import fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import type { MailKind } from '../../../../src/application/notifications/mail-kinds.ts';
import { booked, cancelledBooking, guest, mailsOf, mailTo, refusing, room } from './given.helper.ts';

const EVIL = `"><script>alert(1)</script><img src=x onerror=alert(1)>' & {{x}}`;

const evilFacts = {
  hostName: EVIL,
  eventTitle: EVIL,
  location: EVIL,
  attendee: { ...booked.attendee, name: EVIL },
  guests: [guest(1, `"<b>"@x.example`, { name: EVIL })],
  addedGuests: [guest(1, `"<b>"@x.example`, { name: EVIL })],
  removedGuests: [guest(1, `"<b>"@x.example`, { name: EVIL })],
  answers: [{ label: EVIL, value: EVIL }],
  failingCalendars: refusing.map((calendar) => ({ ...calendar, label: EVIL, message: EVIL })),
  reason: EVIL,
  manageLink: `javascript:${EVIL}`,
  hostLink: 'data:text/html,<script>alert(1)</script>',
  meetingLink: { url: `javascript:alert(1)//${EVIL}`, isFallback: false },
};

const KINDS: ReadonlyArray<MailKind> = [
  'confirmed',
  'received-not-confirmed',
  'awaiting-approval',
  'approval-needed',
  'approval-reminder',
  'action-needed',
  'calendar-behind',
  'expired',
  'cancelled',
  'declined',
  'reminder',
  'no-show-check',
  'guests-added',
  'guest-removed',
  'location-changed',
  'removal-pending',
];

/** Tags of a page, by name; what is escaped is no tag. */
const tagsOf = (html: string): ReadonlySet<string> =>
  new Set([...html.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map(([, name = '']) => name.toLowerCase()));

describe('text of strangers', () => {
  it.each(KINDS)('brings no tag and no link that is not on the web into %s', (kind) => {
    const plain = mailsOf(kind, { ...room(), failingCalendars: refusing, reason: 'x' });
    const evil = mailsOf(kind, {
      ...evilFacts,
      alreadySaid: { notConfirmedYet: true, inQuestion: true, confirmed: true, confirmation: true },
    });
    const allowed = new Set([...plain.values()].flatMap(({ html }) => [...tagsOf(html)]));
    for (const { html } of evil.values()) {
      expect([...tagsOf(html)].filter((tag) => !allowed.has(tag))).toEqual([]);
      expect(html).not.toMatch(/href="(?!https?:)/);
      expect(html).toContain('&lt;script&gt;');
    }
  });

  it('cannot begin a paragraph of ours in the text version', () => {
    const name = 'Eve\n\nYour booking is confirmed.\n\nBye';
    const value = 'hello\n\n-- \nYour booking is confirmed.';
    const { text } = mailTo('attendee', 'received-not-confirmed', {
      hostName: name,
      eventTitle: name,
      answers: [{ label: name, value }],
    });
    expect(text).not.toMatch(/^Your booking is confirmed\./m);
    expect(text.match(/^-- $/gm)).toHaveLength(1);
  });

  it('cannot turn the reading direction or hide anything, in text, HTML and invitation', () => {
    const hidden = 'Runa\u202Egnp.exe\u200B\u2066\u00AD\u{E0041}\uFEFF\u061C';
    const answers = [{ label: hidden, value: `${hidden} \u{1F469}\u200D\u{1F4BB} \u0646\u200C\u0647` }];
    const facts = { attendee: { ...booked.attendee, name: hidden }, hostName: hidden, eventTitle: hidden, answers };
    for (const { text, html, icalendar } of mailsOf('confirmed', facts).values()) {
      for (const part of [text, html, icalendar?.content ?? ''])
        expect(part).not.toMatch(
          /[\u061C\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF]|[\u{E0000}-\u{E0FFF}]/u,
        );
      expect(text).toContain('Runagnp.exe');
    }
    const { text } = mailTo('attendee', 'confirmed', facts);
    expect(text).toContain('\u{1F469}\u200D\u{1F4BB} \u0646\u200C\u0647');
  });

  it('leaves HTML, text and invitation well formed, whatever it is', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(text, text, text, (hostName, eventTitle, value) => {
        const mail = mailTo('host', 'confirmed', { hostName, eventTitle, answers: [{ label: value, value }] });
        expect(mail.html.match(/<td/g)?.length).toBe(mail.html.match(/<\/td>/g)?.length);
        const calendar = ICAL.Component.fromString(mail.icalendar?.content ?? '');
        expect(calendar.getFirstSubcomponent('vevent')?.getFirstPropertyValue('uid')).toBe(booked.icsUid);
      }),
      { numRuns: 60 },
    );
  });
});

describe('every mail', () => {
  const all = KINDS.flatMap((kind) => [
    ...mailsOf(kind, {
      ...room(true),
      failingCalendars: refusing,
      ...(kind === 'cancelled' ? cancelledBooking : {}),
    }).values(),
  ]);

  it('says the same in text and in HTML', () => {
    const words = (text: string) =>
      text
        .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
        .trim()
        .split(' ');
    for (const { text, html } of all) {
      const body = html
        .slice(html.indexOf('<body'))
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/&#?\w+;/g, ' ');
      // The text version writes out the address behind a button; HTML keeps it in the link.
      expect(words(text.replaceAll(/^https?:.*$/gm, ''))).toEqual(words(body));
    }
  });

  it('fetches nothing and declares language and colours', () => {
    for (const { html } of all) {
      expect(html).not.toMatch(/<img|<link|<script|url\(|@import|src=/i);
      expect(html).toMatch(/^<!doctype html>.*<html lang="en">/s);
      expect(html).toContain('name="color-scheme" content="light dark"');
      expect(html.match(/<h1/g)).toHaveLength(1);
    }
  });

  it('has a Message-ID of its own per recipient, the same each time', () => {
    const ids = [...mailsOf('confirmed').values()].map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(4);
    expect([...mailsOf('confirmed').values()].map(({ messageId }) => messageId)).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^<[0-9a-f-]{36}\.(attendee|host|guest-\d+)@holdfast\.example>$/);
  });

  it('is answered to the other side', () => {
    expect(mailTo('attendee', 'confirmed').replyTo?.address).toBe('odd@example.org');
    expect(mailTo('host', 'confirmed').replyTo?.address).toBe('runa@example.com');
  });
});
