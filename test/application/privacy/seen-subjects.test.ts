import * as TE from 'fp-ts/lib/TaskEither.js';
import { expect, it } from 'vitest';
import type { RecordedEvent } from '../../../src/domain/log/envelope.ts';
import { makeSeenSubjects } from '../../../src/application/privacy/seen-subjects.ts';
import { must } from '../../support/must.ts';

/** A log of requests, by who made them; all end at the same moment. */
const logOf = (...people: ReadonlyArray<string>) => {
  const events = people.map((person, index): RecordedEvent => {
    const sealed = [{ key: `${person}-1`, at: '', text: 'sealed', open: null }];
    return {
      id: `event-${index}`,
      stream: `booking-${index}`,
      revision: 0,
      position: index + 1,
      type: 'BookingRequested',
      data: { end: '2050-09-05T10:00:00Z', personal: { sealed } },
      version: 1,
      actor: { kind: 'guest' },
      occurredAt: '2050-09-05T08:00:00Z',
      correlationId: 'one',
      causationId: null,
      hash: '',
    };
  });
  const asked: number[] = [];
  const stored = {
    head: () => TE.right(events.length),
    readStream: () => TE.right([]),
    readAll: (after: number, limit: number) => {
      asked.push(after);
      return TE.right(events.slice(after, after + limit));
    },
  };
  const keys = { subjectOf: (mailbox: string) => mailbox, subjectOfKey: (key: string) => key.split('-')[0] ?? '' };
  return { stored, keys, asked };
};

it('given more than may be kept between two rounds, then the next one reads the log again', async () => {
  const { stored, keys, asked } = logOf('runa', 'ola', 'runa');
  for (const [mostKept, next] of [
    [5, 3],
    [4, 0],
  ] as const) {
    const seen = makeSeenSubjects({ stored, keys }, mostKept);
    asked.length = 0;
    must(await seen.readOn());
    expect(seen.uidsOf('runa')).toEqual(['0', '2']);
    seen.trim();
    must(await seen.readOn());
    expect(asked).toEqual(next === 0 ? [0, 0] : [0]);
    expect(seen.uidsOf('runa')).toEqual(['0', '2']);
  }
});

it('given somebody without a key, then they are left out, and bookings that somebody else has are kept', async () => {
  const { stored, keys } = logOf('runa', 'ola');
  const seen = makeSeenSubjects({ stored, keys });
  must(await seen.readOn());
  seen.keepOnly(new Map([['ola', []]]));
  expect(seen.uidsOf('runa')).toEqual([]);
  expect(seen.endedBefore(Number.MAX_SAFE_INTEGER)).toEqual({ sealed: ['ola'], inClear: 0 });
  expect(seen.endedBefore(0)).toEqual({ sealed: [], inClear: 0 });
});
