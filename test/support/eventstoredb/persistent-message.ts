import { LINK_TYPE, type Resolved } from './links.ts';
import type { LogEvent } from './log.ts';

/** A message on its way to consumers. `cursor` is the revision or position of what the group is subscribed to. */
export type GroupMessage = {
  /** The link's id where there is a link: that is what consumers ack. */
  readonly id: string;
  readonly resolved: Resolved;
  readonly cursor: bigint;
  readonly retries: number;
  /** Put back from the parked stream: it neither moves nor holds the checkpoint. */
  readonly replayed: boolean;
  /** Set when first pushed: its number, and where the message pushed before it stood. */
  readonly pushed: { readonly sequence: number; readonly previous: bigint | undefined } | undefined;
};

/** One consumer, as its group sees it. Server `PersistentSubscriptionClient.cs`. */
export type Consumer = {
  readonly id: string;
  readonly size: number;
  readonly user: string;
  readonly connectionName: string;
  readonly from: string;
  readonly unconfirmed: ReadonlyMap<string, GroupMessage>;
  readonly room: () => number;
  /** Messages pushed to it since it joined. */
  readonly total: () => number;
  /** Takes room. A second message with an id that it has not confirmed takes room too, which no ack ever gives back. */
  readonly push: (message: GroupMessage) => void;
  readonly confirm: (id: string) => void;
  readonly drop: () => void;
};

/** In the order of the stream, before any later one; a replayed message goes to the end. Server `StreamBuffer.AddRetry`. */
export const insertRetry = (retries: Array<GroupMessage>, message: GroupMessage): void => {
  const later = message.replayed ? -1 : retries.findIndex((other) => !other.replayed && other.cursor > message.cursor);
  if (later < 0) retries.push(message);
  else retries.splice(later, 0, message);
};

/** What stands in the subscribed stream: the link where there is one. */
export const originalOf = ({ event, link }: Resolved): LogEvent | undefined => link ?? event;

/** Where an event was first written; for a link that was not resolved, what it points at. Server `PinnablePersistentSubscriptionConsumerStrategy.GetSourceStreamId`. */
export const sourceStreamOf = ({ event, link }: Resolved): string => {
  const record = event ?? link;
  if (record === undefined || record.type !== LINK_TYPE) return record?.stream ?? '';
  const data = Buffer.from(record.data).toString('utf8');
  return data.slice(data.indexOf('@') + 1);
};
