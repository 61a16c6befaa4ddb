import * as E from 'fp-ts/lib/Either.js';
import type { ConsumerGroups } from '../application/ports/consumer-groups.ts';
import type { EventStore } from '../application/ports/event-store.ts';

/** A consumer this far behind the head does not keep its word on time, in positions of the log. */
export const MAX_LAG = 10_000;

type Deps = {
  readonly store: Pick<EventStore, 'append'>;
  readonly groups: Pick<ConsumerGroups, 'status'>;
  readonly troubles: () => Promise<ReadonlyArray<string>>;
};

/** Appending nothing to a stream that is not there asks the whole path of a write without leaving a trace. */
const probe = { stream: 'probe-readiness', expected: 'no-stream', events: [] } as const;

/** Why the server should not be sent requests now; empty when it is ready. */
export const createReadiness =
  ({ store, groups, troubles }: Deps) =>
  async (): Promise<ReadonlyArray<string>> => {
    const written = await store.append(probe)();
    const status = await groups.status()();
    return [
      ...(E.isLeft(written) ? [`the log cannot be written: ${written.left.type}`] : []),
      ...(E.isLeft(status) ? [`the consumers cannot be asked: ${status.left.type}`] : []),
      ...(E.isRight(status) ? status.right : [])
        .filter(({ head, checkpoint }) => head - checkpoint > MAX_LAG)
        .map(({ name, head, checkpoint }) => `consumer ${name} is ${head - checkpoint} positions behind`),
      ...(await troubles()),
    ];
  };
