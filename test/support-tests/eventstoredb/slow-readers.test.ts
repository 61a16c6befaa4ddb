import { expect } from 'vitest';
import { follow } from '../../support/eventstoredb/following.ts';
import { describeRules, newEvent, newStream, rule } from '../../support/eventstoredb/server-under-test.ts';

const EVENTS = 300;
const BYTES = 8 * 1024;

describeRules('readers that are slow', {}, (client, version) => {
  /** Caught up, then not reading while more is written than fits on the way. */
  const slowReader = async () => {
    const stream = newStream();
    await client().appendToStream(stream, newEvent());
    const subscription = client().subscribeToStream(stream);
    const followed = follow(subscription);
    const errors: Array<unknown> = [];
    subscription.on('error', (error) => void errors.push(error));
    await followed.until((said) => said.includes('caughtUp'));
    subscription.pause();
    for (let sent = 0; sent < EVENTS; sent += 100) {
      const events = Array.from({ length: 100 }, () => newEvent({ text: 'x'.repeat(BYTES) }));
      await client().appendToStream(stream, events);
    }
    subscription.resume();
    return { stream, errors, followed };
  };

  rule('one that cannot keep up loses nothing', 'server Enumerator.StreamSubscription.cs; 23.10.8', async () => {
    const { stream, errors, followed } = await slowReader();
    const all = Array.from({ length: EVENTS + 1 }, (_, revision) => `${stream}@${revision}`);
    if (version() === '23.10') {
      await followed.until((said) => said.includes('error:timeout'));
      expect(errors).toMatchObject([{ type: 'timeout', code: 10 }]);
      expect(String(errors[0])).toContain(
        'Consumer too slow to handle event while live. Client resubscription required',
      );
      expect(followed.events()).toEqual(all.slice(0, followed.events().length));
      expect(followed.events().length).toBeLessThan(all.length);
      return;
    }
    await followed.until((said) => said.filter((word) => word === 'caughtUp').length === 2);
    expect(followed.said()).toContain('fellBehind');
    expect(followed.events()).toEqual(all);
    await followed.stop();
  });
});
