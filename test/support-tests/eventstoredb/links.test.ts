import { binaryEvent, NO_STREAM } from '@eventstore/db-client';
import { expect } from 'vitest';
import { collect, describeRules, newEvents, newStream, rule } from '../../support/eventstoredb/server-under-test.ts';

const LINKS = 'server ReaderIndex/ResolvedEvent.cs; client docs, Reading events: "resolveLinkTos"';

describeRules('links', {}, (client) => {
  /** A stream of links to both events of another stream, of which each may be taken away. */
  const linked = async () => {
    const target = newStream();
    const links = newStream('links');
    await client().appendToStream(target, newEvents(2), { expectedRevision: NO_STREAM });
    const linkTo = (revision: number) => binaryEvent({ type: '$>', data: Buffer.from(`${revision}@${target}`) });
    await client().appendToStream(links, [linkTo(1), linkTo(0)], { expectedRevision: NO_STREAM });
    return { target, links };
  };
  const placesIn = async (links: string, resolveLinkTos: boolean) =>
    (await collect(client().readStream(links, { resolveLinkTos }))).map(({ event, link }) => [
      event === undefined ? undefined : `${event.streamId}@${event.revision}`,
      link === undefined ? undefined : `${link.streamId}@${link.revision}`,
    ]);

  rule('a link that is resolved stays beside its event, and counts the revisions', LINKS, async () => {
    const { target, links } = await linked();
    expect(await placesIn(links, true)).toEqual([
      [`${target}@1`, `${links}@0`],
      [`${target}@0`, `${links}@1`],
    ]);
  });

  rule('a link that is not resolved is an event like any other', LINKS, async () => {
    const { links } = await linked();
    expect(await placesIn(links, false)).toEqual([
      [`${links}@0`, undefined],
      [`${links}@1`, undefined],
    ]);
  });

  rule('a link whose event is truncated, deleted or tombstoned comes without it', LINKS, async () => {
    const takeAway = [
      (target: string) => client().setStreamMetadata(target, { truncateBefore: 2 }),
      (target: string) => client().deleteStream(target),
      (target: string) => client().tombstoneStream(target),
    ];
    for (const take of takeAway) {
      const { target, links } = await linked();
      await take(target);
      expect(await placesIn(links, true)).toEqual([
        [undefined, `${links}@0`],
        [undefined, `${links}@1`],
      ]);
    }
  });

  rule('a subscription goes on by the revisions of the links', LINKS, async () => {
    const { target, links } = await linked();
    for await (const { event, link } of client().subscribeToStream(links, { fromRevision: 0n, resolveLinkTos: true })) {
      expect([event?.streamId, event?.revision, link?.revision]).toEqual([target, 0n, 1n]);
      break;
    }
  });
});
