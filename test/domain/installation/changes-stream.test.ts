import { describe, expect, it } from 'vitest';
import { type ChangeEvent } from '../../../src/domain/installation/change-events.ts';
import {
  type ChangesCommand,
  type ChangesState,
  decideChange,
  evolveChanges,
  MOST_PATHS,
  noChanges,
} from '../../../src/domain/installation/changes-stream.ts';
import { judgeChangeEvent } from '../../../src/domain/installation/judge-changes.ts';
import { must } from '../../support/must.ts';

const configured = (settings: Record<string, string>, keyed = 'one'): ChangesCommand => ({
  type: 'NoteConfiguration',
  now: 0,
  when: 'start',
  keyed,
  digests: new Map(Object.entries(settings)),
});
const head = (size: number, now: number, notBefore = now - 100): ChangesCommand => ({
  type: 'NoteHead',
  now,
  notBefore,
  head: { size, root: 'r', note: 'n', key: 'k', node: 'a' },
});
const made = (number: number): ChangesCommand => ({
  type: 'NoteKeyChange',
  now: 0,
  change: { type: 'ApiKeyEnded', keyId: `key_${number}`, by: null, revokedAt: '2050-09-01T00:00:00Z' },
});
const rotated = (key: string, previous: string | null): ChangesCommand => ({
  type: 'NoteHeadKey',
  now: 0,
  rotation: { key, previous, signature: null },
});

/** As somebody writes it into a log whose stream would not have it there. */
const forged = (command: ChangesCommand): ReadonlyArray<ChangeEvent> => {
  const previous = command.type === 'NoteHeadKey' ? command.rotation.previous : null;
  return must(decideChange({ ...noChanges, headKey: previous }, command));
};

/** Each command decided on the state after those before it. */
const told = (...commands: ReadonlyArray<ChangesCommand>) => {
  const events: ChangeEvent[] = [];
  let state: ChangesState = noChanges;
  for (const command of commands) {
    const decided = must(decideChange(state, command));
    events.push(...decided);
    state = decided.reduce(evolveChanges, state);
  }
  return { events, state };
};

describe('what happens to an installation', () => {
  it('given a configuration, when noted again, then what differs alone is written, and what is gone', () => {
    const { events } = told(configured({ a: '1', b: '2' }), configured({ a: '1', b: '2' }), configured({ b: '3' }));
    expect(events.map(({ data }) => data)).toMatchObject([
      { changes: [{ path: 'a' }, { path: 'b' }] },
      {
        changes: [
          { path: 'a', digest: null },
          { path: 'b', digest: '3' },
        ],
      },
    ]);
  });

  it('given another secret, then nothing can be compared, and all is written anew', () => {
    const { events } = told(configured({ a: '1', b: '2' }), configured({ a: '9' }, 'other'));
    expect(events[1]?.data).toMatchObject({ keyed: 'other', changes: [{ path: 'a' }] });
  });

  it('given more paths than one event has, then commands go on where the one before ended', () => {
    const settings = Object.fromEntries(Array.from({ length: MOST_PATHS + 1 }, (_, index) => [`p${index}`, 'x']));
    const { events, state } = told(configured(settings), configured(settings), configured(settings));
    expect(events).toHaveLength(2);
    expect(state.digests.size).toBe(MOST_PATHS + 1);
  });

  it('given a change of a key, when told again, then it is in the log once', () => {
    expect(told(made(0), made(0), made(1)).events).toHaveLength(2);
  });

  it('given a stream of keys that begins anew, as in a log that was imported, then its keys are told too', () => {
    const { events, state } = told(made(7), made(8), made(0), made(1));
    expect(events.map(({ data }) => data)).toMatchObject(
      [7, 8, 0, 1].map((key, number) => ({ keyId: `key_${key}`, number })),
    );
    expect(state.keysTold).toBe(4);
  });

  it.each([
    [2, 'change 1 of the keys is not there'],
    [1.5, 'change 1 of the keys is not there'],
    [0, 'number'],
  ])('given change %d of a key after one, then it is named', (number, reason) => {
    const { state } = told(made(0));
    const event = { ...must(decideChange(state, made(1)))[0] } as ChangeEvent;
    const forgedEvent = { ...event, data: { ...event.data, number } } as ChangeEvent;
    expect(judgeChangeEvent(state, forgedEvent)).toMatchObject({ left: expect.stringContaining(reason) });
  });

  it('given a head that another node has signed meanwhile, then none is signed', () => {
    expect(told(head(5, 1_000), head(6, 1_050), head(7, 2_000)).events).toMatchObject([
      { data: { size: 5 } },
      { data: { size: 7 } },
    ]);
  });

  it('given any story, then each of its events is judged as one that could have been written', () => {
    const { events } = told(
      configured({ a: '1' }),
      made(0),
      rotated('k', null),
      head(5, 1_000),
      { type: 'NoteReading', now: 0, read: { keyId: 'k', hour: '2050-09-01T00:00:00Z', answers: { show: 1 } } },
      configured({ b: '2' }),
      rotated('l', 'k'),
      head(9, 5_000),
    );
    expect(events).toHaveLength(8);
    let state = noChanges;
    for (const event of events) state = must(judgeChangeEvent(state, event));
  });

  it('given two nodes with keys of their own, when both note theirs, then the later one starts anew', () => {
    const { events } = told(rotated('k', null), rotated('l', null), rotated('l', 'k'), head(5, 1_000));
    expect(events.map(({ data }) => data)).toMatchObject([{ key: 'k' }, { key: 'l', previous: 'k' }, { key: 'k' }]);
    let state = noChanges;
    for (const event of events) state = must(judgeChangeEvent(state, event));
  });

  it.each([
    ['a head of fewer events than one before', [rotated('k', null), head(5, 1_000)], head(4, 9_000), 'shorter log'],
    ['a head by a key that is not told of', [], head(5, 1_000), 'a key that the log does not tell of'],
    ['a key of heads that follows another one', [rotated('k', null)], rotated('m', 'x'), 'the key before it'],
  ])('given %s, then it is named', (_, before, command, reason) => {
    const { state } = told(...before);
    const [event] = forged(command);
    expect(event === undefined ? event : judgeChangeEvent(state, event)).toMatchObject({
      left: expect.stringContaining(reason),
    });
  });
});
