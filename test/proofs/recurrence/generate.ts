import fc from 'fast-check';

/** One generated calendar. Times are on the wall clock of `zone`; `from` and `to` are UTC instants. */
export type Case = {
  readonly text: string;
  readonly start: string;
  readonly rules: ReadonlyArray<string>;
  readonly exdates: ReadonlyArray<string>;
  readonly rdates: ReadonlyArray<string>;
  readonly zone: string;
  readonly allDay: boolean;
  readonly from: string;
  readonly to: string;
};

const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const ZONES = ['Europe/Oslo', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];

const list = <A>(one: fc.Arbitrary<A>, max: number): fc.Arbitrary<string> =>
  fc.uniqueArray(one, { minLength: 1, maxLength: max }).map((all) => all.join(','));
const part = (name: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  value.map((text) => `;${name}=${text}`);
const sometimes = (text: fc.Arbitrary<string>, of = 3): fc.Arbitrary<string> =>
  fc.oneof({ weight: of - 1, arbitrary: fc.constant('') }, { weight: 1, arbitrary: text });
const joined = (...parts: ReadonlyArray<fc.Arbitrary<string>>): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => texts.join(''));

const day = fc.constantFrom(...DAYS);
const nth = (most: number): fc.Arbitrary<number> =>
  fc.integer({ min: -most, max: most }).filter((number) => number !== 0);
const byDay = part('BYDAY', list(day, 4));
const byNthDay = (most: number) =>
  part(
    'BYDAY',
    list(
      fc.tuple(nth(most), day).map(([n, name]) => `${n}${name}`),
      2,
    ),
  );
const byMonth = part('BYMONTH', list(fc.integer({ min: 1, max: 12 }), 4));
const byMonthDay = part('BYMONTHDAY', list(nth(31), 4));
const bySetPos = part('BYSETPOS', list(nth(3), 2));

const DAILY = joined(sometimes(byMonth), sometimes(byMonthDay, 5), sometimes(byDay));
const WEEKLY = joined(sometimes(byMonth, 5), sometimes(byDay, 2), sometimes(part('WKST', day)));
const MONTHLY = fc.oneof(
  joined(sometimes(byMonth), sometimes(byMonthDay, 2)),
  joined(sometimes(byMonth), fc.oneof(byDay, byNthDay(5))),
  joined(fc.oneof(byDay, byMonthDay), bySetPos),
);
const YEARLY = fc.oneof(
  joined(sometimes(byMonth, 2), sometimes(byMonthDay, 2)),
  joined(byMonth, fc.oneof(byDay, byNthDay(4))),
  byNthDay(52),
  part('BYYEARDAY', list(nth(366), 4)),
  joined(part('BYWEEKNO', list(nth(53), 3)), byDay, sometimes(part('WKST', day))),
  joined(byMonth, byDay, bySetPos),
);

const compact = (wall: Temporal.PlainDateTime): string =>
  wall.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');

const startArbitrary = fc
  .tuple(fc.integer({ min: 0, max: 4_000 }), fc.constantFrom(0, 30, 150, 540, 825, 1_410))
  .map(([days, minutes]) => Temporal.PlainDateTime.from('2019-01-01T00:00').add({ days, minutes }));

type Shape = { readonly zone: string; readonly allDay: boolean; readonly start: Temporal.PlainDateTime };

const shape: fc.Arbitrary<Shape> = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    allDay: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    start: startArbitrary,
  })
  .map(({ zone, allDay, start }) =>
    allDay ? { zone: 'Europe/Oslo', allDay, start: start.with({ hour: 0, minute: 0 }) } : { zone, allDay, start },
  );

const ruleBody = fc.oneof(
  fc.tuple(fc.constant('DAILY'), DAILY),
  fc.tuple(fc.constant('WEEKLY'), WEEKLY),
  fc.tuple(fc.constant('MONTHLY'), MONTHLY),
  fc.tuple(fc.constant('YEARLY'), YEARLY),
);

const ending = fc.oneof(
  fc.constant({ type: 'none' } as const),
  fc.record({ type: fc.constant('count' as const), count: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ type: fc.constant('until' as const), days: fc.integer({ min: 0, max: 1_500 }) }),
);

/** UNTIL as the calendar needs it (RFC 5545, 3.3.10: UTC beside a zone), and as a wall clock, as dateutil wants it. */
const until = ({ zone, allDay, start }: Shape, days: number) => {
  const wall = start.add({ days });
  if (allDay) return { ical: compact(wall).slice(0, 8), wall: compact(wall) };
  const utc = wall.toZonedDateTime(zone).withTimeZone('UTC').toPlainDateTime();
  return { ical: `${compact(utc)}Z`, wall: compact(wall) };
};

const stamp = ({ zone, allDay }: Shape, name: string, wall: Temporal.PlainDateTime): string => {
  if (allDay) return `${name};VALUE=DATE:${compact(wall).slice(0, 8)}`;
  return zone === 'UTC' ? `${name}:${compact(wall)}Z` : `${name};TZID=${zone}:${compact(wall)}`;
};

/** A VEVENT with one rule, now and then EXDATE and RDATE, and a window of two months somewhere in its life. */
export const caseArbitrary: fc.Arbitrary<Case> = fc
  .record({
    shape,
    body: ruleBody,
    interval: fc.oneof(
      { weight: 2, arbitrary: fc.constant(1) },
      { weight: 1, arbitrary: fc.integer({ min: 2, max: 5 }) },
    ),
    end: ending,
    exdays: fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 2 }),
    rdays: fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 2 }),
    windowAfterDays: fc.oneof(fc.integer({ min: -5, max: 200 }), fc.integer({ min: -5, max: 2_000 })),
  })
  .map(({ shape: given, body: [freq, parts], interval, end, exdays, rdays, windowAfterDays }) => {
    const { start, zone, allDay } = given;
    const rule = `FREQ=${freq}${interval === 1 ? '' : `;INTERVAL=${interval}`}${parts}`;
    const last = end.type === 'until' ? until(given, end.days) : null;
    const closed = (text: string | undefined): string =>
      end.type === 'count' ? `;COUNT=${end.count}` : text === undefined ? '' : `;UNTIL=${text}`;
    const exdates = exdays.map((days) => start.add({ days }));
    const rdates = rdays.map((days) => start.add({ days }));
    const from = start.add({ days: windowAfterDays }).toZonedDateTime(zone).toInstant();
    return {
      text: [
        'BEGIN:VCALENDAR',
        'VERSION:2.0',
        'PRODID:-//Proof//EN',
        'BEGIN:VEVENT',
        'UID:proof@example.org',
        'DTSTAMP:20190101T000000Z',
        stamp(given, 'DTSTART', start),
        allDay ? 'DURATION:P1D' : 'DURATION:PT1M',
        `RRULE:${rule}${closed(last?.ical)}`,
        ...exdates.map((wall) => stamp(given, 'EXDATE', wall)),
        ...rdates.map((wall) => stamp(given, 'RDATE', wall)),
        'END:VEVENT',
        'END:VCALENDAR',
        '',
      ].join('\r\n'),
      start: start.toString(),
      rules: [`${rule}${closed(last?.wall)}`],
      exdates: exdates.map(String),
      rdates: rdates.map(String),
      zone,
      allDay,
      from: from.toString(),
      to: from.add({ hours: 60 * 24 }).toString(),
    };
  });
