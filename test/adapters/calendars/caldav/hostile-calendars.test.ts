import { describe, expect, it } from 'vitest';
import { covered, hours, live, succeeds } from '../../../contract/calendar/given.ts';
import { multistatus, withServer } from '../../../support/scripted-caldav.ts';
import type { ScriptedAnswer } from '../../../support/scripted-http.ts';

const window = hours('08:00', '16:00');

const ITSELF =
  '<d:response><d:href>/cal/</d:href><d:propstat><d:prop><d:resourcetype><d:collection/><c:calendar/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>';

const response = (name: string, properties: string): string =>
  `<d:response><d:href>/cal/${name}.ics</d:href><d:propstat><d:prop><d:getetag>"${name}"</d:getetag>${properties}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>`;

const event = (...lines: ReadonlyArray<string>): string =>
  ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:x', ...lines, 'END:VEVENT', 'END:VCALENDAR', ''].join('&#13;\n');

const HONEST = event('DTSTART:20500905T090000Z', 'DTEND:20500905T100000Z');

/** Each rule costs the library some ten milliseconds; together they cost a minute. */
const HOSTILE = event(
  'DTSTART:19700101T000000Z',
  'DURATION:PT1M',
  ...Array.from({ length: 2_000 }, (_, index) => `RRULE:FREQ=HOURLY;COUNT=${900_000 + index};BYDAY=MO;BYMINUTE=7`),
);

/** A calendar of these objects; of an hour, a report says that only the hostile ones are there. */
const holding =
  (objects: Readonly<Record<string, string>>) =>
  ({ method }: { readonly method: string }): ScriptedAnswer => {
    const named = Object.entries(objects);
    return method === 'PROPFIND'
      ? multistatus(ITSELF + named.map(([name]) => response(name, '')).join(''))
      : multistatus(named.map(([name, text]) => response(name, `<c:calendar-data>${text}</c:calendar-data>`)).join(''));
  };

describe('a calendar with an event that takes for ever to work out', () => {
  it('is read all the same: that event is named with the true reason, the others are read', async () => {
    await withServer(holding({ hostile: HOSTILE, honest: HONEST }), async (calendar) => {
      const { busy, unreadable } = await succeeds(calendar.busy(window, [], live()));
      expect(covered(busy, hours('09:00', '10:00'))).toEqual([hours('09:00', '10:00')]);
      expect(unreadable).toMatchObject([
        { href: '/cal/hostile.ics', reason: 'its recurrence takes too long to work out' },
      ]);
    });
  });

  it('does not keep another calendar from being read meanwhile', async () => {
    const objects = { one: HOSTILE, two: HOSTILE, three: HOSTILE, four: HOSTILE };
    await withServer(holding(objects), async (hostile) => {
      await withServer(holding({ honest: HONEST }), async (honest) => {
        const ended: string[] = [];
        const slow = hostile
          .busy(window, [], live())()
          .then(() => ended.push('hostile'));
        const quick = succeeds(honest.busy(window, [], live())).then(({ busy }) => {
          ended.push('honest');
          return busy;
        });
        expect(covered(await quick, window)).toEqual([hours('09:00', '10:00')]);
        await slow;
        expect(ended).toEqual(['honest', 'hostile']);
      });
    });
  });
});
