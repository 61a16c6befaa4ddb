import { expect } from 'vitest';
import { follow } from '../../support/eventstoredb/following.ts';
import { describeRules, newEvent, newStream, rule } from '../../support/eventstoredb/server-under-test.ts';

const EVENTS = 300;
const BYTES = 8 * 1024;

describeRules('readers that are slow', {}, (client) => {
  rule(
    'one that cannot keep up falls behind, loses nothing, and is told again when it has caught up',
    'server Enumerator.StreamSubscription.cs, ConsumerTooSlow',
    async () => {
      const stream = newStream();
      const subscription = client().subscribeToStream(stream);
      const followed = follow(subscription);
      await followed.until((said) => said.includes('caughtUp'));
      subscription.pause();
      for (let sent = 0; sent < EVENTS; sent += 100) {
        const events = Array.from({ length: 100 }, () => newEvent({ text: 'x'.repeat(BYTES) }));
        await client().appendToStream(stream, events);
      }
      subscription.resume();
      await followed.until((said) => said.filter((word) => word === 'caughtUp').length === 2);
      expect(followed.said()).toContain('fellBehind');
      expect(followed.events()).toEqual(Array.from({ length: EVENTS }, (_, revision) => `${stream}@${revision}`));
      await followed.stop();
    },
  );
});
