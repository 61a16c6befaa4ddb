import { describe, expect, test } from 'vitest';
import { failureKindCodec } from '../../../src/domain/calendar/calendar-failure.ts';
import { describeEvent } from '../../../src/projections/history/describe-event.ts';
import { failureInWords } from '../../../src/projections/history/history-words.ts';

const occurredAt = '2050-09-01T08:00:00Z';
const reader = { timeZone: 'Europe/Oslo', calendarLabel: () => 'Work' };

describe('words of the history', () => {
  test.each([
    ['room', 'to make the video room'],
    ['mail-host 1-2-3', 'to tell the host by mail'],
    ['mail-guests 1-2-3', 'to tell the guests by mail'],
    ['webhook-crm 1-2-3', "to tell webhook 'crm'"],
    ['new 1', "to do 'new'"],
  ])('a lease of %s', (effect, words) => {
    const data = { effect, node: 'a', until: '2050-09-01T08:32:15Z' };
    const text = describeEvent({ type: 'EffectLeased', occurredAt, data }, { ...reader, audience: 'host' });
    expect(text).toBe(
      `Node 'a' is about ${words}. If it fails to, another may from 2050-09-01 10:32:15 Europe/Oslo (UTC+02:00) on.`,
    );
  });

  test('every kind of failure has words', () => {
    for (const kind of Object.keys(failureKindCodec.keys))
      if (failureKindCodec.is(kind)) expect(failureInWords(kind)).toMatch(/^[a-z].*[^.]$/);
  });
});
