import {
  END,
  eventTypeFilter,
  excludeSystemEvents,
  NO_STREAM,
  type Position,
  streamNameFilter,
} from '@eventstore/db-client';
import { expect } from 'vitest';
import { follow } from '../../support/eventstoredb/following.ts';
import { describeRules, newEvent, newEvents, newStream, rule } from '../../support/eventstoredb/server-under-test.ts';

describeRules('subscribing', {}, (client, version) => {
  const write = (stream: string, count: number) => client().appendToStream(stream, newEvents(count));
  const all = (stream: string, count: number, from = 0) =>
    Array.from({ length: count }, (_, index) => `${stream}@${from + index}`);

  rule('a stream is followed after the revision, not from it', 'server Enumerator.StreamSubscription.cs', async () => {
    const stream = newStream();
    await write(stream, 4);
    const followed = follow(client().subscribeToStream(stream, { fromRevision: 1n }));
    await followed.until((said) => said.includes(`${stream}@3`));
    expect(followed.events()).toEqual(all(stream, 2, 2));
    await followed.stop();
  });

  rule('$all is followed after the position, not from it', 'server Enumerator.AllSubscription.cs', async () => {
    const stream = newStream();
    const { position } = await write(stream, 2);
    await write(stream, 1);
    if (position === undefined) throw new Error('no position');
    const filter = streamNameFilter({ prefixes: [stream] });
    const followed = follow(client().subscribeToAll({ fromPosition: position, filter }));
    await followed.until((said) => said.includes(`${stream}@2`));
    expect(followed.events()).toEqual([`${stream}@2`]);
    await followed.stop();
  });

  rule('a stream that is not there is waited for', 'server Enumerator.StreamSubscription.cs; 23.10.8', async () => {
    const stream = newStream();
    const followed = follow(client().subscribeToStream(stream));
    const saysFirst = version() === '23.10' ? 'confirmation' : 'caughtUp';
    await followed.until((said) => said.includes(saysFirst));
    await write(stream, 1);
    await followed.until((said) => said.includes(`${stream}@0`) && said.includes('caughtUp'));
    const said = version() === '23.10' ? [`${stream}@0`, 'caughtUp'] : ['caughtUp', `${stream}@0`];
    expect(followed.said()).toEqual(['confirmation', ...said]);
    await followed.stop();
  });

  rule('history comes first, then "caught up", then what is new', 'server Enumerator.AllSubscription.cs', async () => {
    const stream = newStream();
    await write(stream, 40);
    const followed = follow(client().subscribeToStream(stream));
    await followed.until((said) => said.includes('caughtUp'));
    await write(stream, 1);
    await followed.until((said) => said.includes(`${stream}@40`));
    expect(followed.said()).toEqual(['confirmation', ...all(stream, 40), 'caughtUp', `${stream}@40`]);
    await followed.stop();
  });

  rule('from the end only what is new comes', 'server Enumerator.AllSubscription.cs', async () => {
    const stream = newStream();
    await write(stream, 2);
    const filter = streamNameFilter({ prefixes: [stream] });
    const followed = follow(client().subscribeToAll({ fromPosition: END, filter }));
    await followed.until((said) => said.includes('caughtUp'));
    await write(stream, 1);
    await followed.until((said) => said.includes(`${stream}@2`));
    expect(followed.events()).toEqual([`${stream}@2`]);
    await followed.stop();
  });

  rule('a filter goes by prefix or regex, of stream or type', 'server Util/EventFilter.cs', async () => {
    const stream = newStream();
    const type = `Kind${stream}`;
    await client().appendToStream(stream, [newEvent({}, type), newEvent({}, `Other${type}`)], {
      expectedRevision: NO_STREAM,
    });
    const filters = [
      { filter: streamNameFilter({ prefixes: ['none-', stream] }), expected: all(stream, 2) },
      { filter: streamNameFilter({ regex: `^${stream}$` }), expected: all(stream, 2) },
      { filter: eventTypeFilter({ prefixes: [type] }), expected: all(stream, 1) },
      { filter: eventTypeFilter({ regex: `^O.*${type}$` }), expected: all(stream, 1, 1) },
    ];
    for (const { filter, expected } of filters) {
      const followed = follow(client().subscribeToAll({ filter }));
      await followed.until((said) => said.includes('caughtUp'));
      expect(followed.events()).toEqual(expected);
      await followed.stop();
    }
  });

  rule('system events can be left out', 'client utils/filter.ts', async () => {
    const stream = newStream();
    const { position } = await write(stream, 1);
    await client().setStreamMetadata(stream, { maxCount: 3 });
    await write(stream, 1);
    if (position === undefined) throw new Error('no position');
    const followed = follow(client().subscribeToAll({ fromPosition: position, filter: excludeSystemEvents() }));
    await followed.until((said) => said.includes(`${stream}@1`));
    expect(followed.events().filter((event) => event.includes(stream))).toEqual([`${stream}@1`]);
    await followed.stop();
  });

  rule('a quiet filter tells checkpoints while it scans', 'server Enumerator.AllSubscriptionFiltered.cs', async () => {
    const stream = newStream();
    const { position } = await write(stream, 1);
    await write(stream, 200);
    if (position === undefined) throw new Error('no position');
    const checkpoints: Array<Position> = [];
    const filter = streamNameFilter({
      prefixes: ['nobody-'],
      maxSearchWindow: 10,
      checkpointInterval: 2,
      checkpointReached: async (_, checkpoint) => void checkpoints.push(checkpoint),
    });
    const followed = follow(client().subscribeToAll({ fromPosition: position, filter }));
    await followed.until((said) => said.includes('caughtUp'));
    expect(followed.events()).toEqual([]);
    expect(checkpoints.length).toBeGreaterThanOrEqual(8);
    expect(checkpoints.length).toBeLessThanOrEqual(20);
    const commits = checkpoints.map(({ commit }) => commit);
    expect(commits).toEqual(commits.toSorted((a, b) => (a < b ? -1 : 1)));
    expect(commits.every((commit) => commit > position.commit)).toBe(true);
    await followed.stop();
  });
});
