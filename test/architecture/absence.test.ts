import { describe, expect, it } from 'vitest';
import { sourceFiles } from '../support/source-files.ts';

const sources = sourceFiles('src');

/** Files that still have `Option` for what is absent. The list only gets shorter: ADR 1 wants `null`. */
const stillOption = [
  'src/adapters/calendars/caldav/locate-event.ts',
  'src/adapters/calendars/caldav/write-event.ts',
  'src/adapters/calendars/google/event-mapping.ts',
  'src/adapters/calendars/google/google-calendar.ts',
  'src/adapters/calendars/google/write-event.ts',
  'src/adapters/calendars/local/local-calendars.ts',
  'src/application/ports/calendar.ts',
  'src/application/saga/calendar-event.ts',
  'src/application/saga/change-calendar.ts',
  'src/application/saga/write-calendar.ts',
];

describe('absence has one spelling (ADR 1)', () => {
  it('it is null, and no Option', () => {
    const users = sources.filter(({ text }) => text.includes("from 'fp-ts/lib/Option.js'")).map(({ path }) => path);
    expect(users.filter((path) => !stillOption.includes(path))).toEqual([]);
    expect(stillOption.filter((path) => !users.includes(path))).toEqual([]);
  });

  it('no type of data says both null and undefined of one thing', () => {
    const both = /^\s+readonly \w+\??: [^;\n]*\| null \| undefined|\| undefined \| null|\?: [^;\n]*\| null;/m;
    const found = sources.filter(({ text }) => both.test(text)).map(({ path }) => path);
    expect(found).toEqual([]);
  });

  it('no record has undefined for what is absent; only what looks something up answers it, as Map.get does', () => {
    const absent = /^\s+readonly \w+: [^;=>(\n]*\| undefined;/m;
    expect('  readonly event: RecordedEvent | undefined;').toMatch(absent);
    const found = sources.filter(({ text }) => absent.test(text)).map(({ path }) => path);
    expect(found).toEqual([]);
  });
});
