import { expect, test } from 'vitest';
import { recorded } from '../../../src/adapters/event-store/embedded/log-storage.ts';
import { historyInWords } from '../../../src/http/pages/words.ts';
import { accepted, leased, requested, started } from '../../../src/testing/index.ts';
import { sealed } from '../../domain/log/sealed.helper.ts';
import { booked } from '../../application/notifications/mail/given.helper.ts';

test('given a booking of several nodes, then its page does not say which of them does what', () => {
  const events = [requested(), leased('work', 'a', '10:00:15'), started('work'), accepted()];
  const entries = sealed(events).map((envelope, index) => ({
    recorded: recorded(envelope, 'booking-one', index, index + 1),
    event: events[index] ?? requested(),
  }));
  const { lines, revision } = historyInWords(entries, booked);
  expect(lines.map(({ text }) => text)).toEqual([
    expect.stringContaining('was requested'),
    expect.stringContaining('began'),
    expect.stringContaining('accepted'),
  ]);
  expect(revision).toBe(3);
});
