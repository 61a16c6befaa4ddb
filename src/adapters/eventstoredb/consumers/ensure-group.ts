import * as E from 'fp-ts/lib/Either.js';
import type { ConsumerGroup } from '../../../application/ports/consumer-groups.ts';
import type { EventStore } from '../../../application/ports/event-store.ts';
import type { GroupCalls } from './group-calls.ts';
import { differences, type StartFrom, settingsFrom, startingAfter } from './group-settings.ts';

type Dependencies = {
  readonly calls: GroupCalls;
  readonly store: Pick<EventStore, 'head'>;
  readonly onProblem: (message: string) => void;
};

/** The position after which the group began. */
type Since = E.Either<string, number>;

const sinceOf = (startFrom: StartFrom): number => (typeof startFrom === 'string' ? 0 : Number(startFrom.commit));

const createAt = async ({ calls, store }: Dependencies, { name, startAt }: Pick<ConsumerGroup, 'name' | 'startAt'>) => {
  const head = startAt === 'now' ? await store.head()() : E.right(0);
  if (E.isLeft(head)) return E.left({ type: 'failed' as const, reason: `its start is unknown: ${head.left.type}` });
  const created = await calls.create(name, settingsFrom(startingAfter(head.right)));
  return E.isLeft(created) ? created : head;
};

/**
 * One attempt to have the group on the server as it is wanted: created, or found and its settings set right. Starts `now`
 * as the explicit position of the head: "from the end" would, without a checkpoint, lose what came before a restart.
 * Setting them right drops all consumers, so it is done by the `isFirst` call of a process only: two versions of Holdfast
 * would drop each other's for ever.
 */
export const ensureGroup = async (
  deps: Dependencies,
  group: Pick<ConsumerGroup, 'name' | 'startAt'>,
  isFirst: boolean,
): Promise<Since> => {
  const { calls, onProblem } = deps;
  const found = await calls.info(group.name);
  if (E.isLeft(found) && found.left.type === 'missing') {
    const created = await createAt(deps, group);
    if (E.isRight(created)) return created;
    return created.left.type === 'exists' ? ensureGroup(deps, group, isFirst) : E.left(created.left.reason);
  }
  if (E.isLeft(found)) return E.left(found.left.reason);
  const { settings } = found.right;
  const different = isFirst ? differences(settings) : [];
  if (different.length > 0) {
    const updated = await calls.update(group.name, settingsFrom(settings.startFrom));
    if (E.isLeft(updated)) return E.left(updated.left.reason);
    onProblem(`the settings of the subscription were others: ${different.join(', ')}`);
  }
  return E.right(sinceOf(settings.startFrom));
};
