import type { Resolved } from './links.ts';

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

export type Consumer = {
  readonly id: string;
  readonly size: number;
  readonly user: string;
  readonly unconfirmed: Map<string, GroupMessage>;
  readonly room: () => number;
  readonly send: (message: GroupMessage) => void;
  readonly drop: () => void;
};

/** In the order of the stream, before any later one; a replayed message goes to the end. Server `StreamBuffer.AddRetry`. */
export const insertRetry = (retries: Array<GroupMessage>, message: GroupMessage): void => {
  const later = message.replayed ? -1 : retries.findIndex((other) => !other.replayed && other.cursor > message.cursor);
  if (later < 0) retries.push(message);
  else retries.splice(later, 0, message);
};

export const sourceStreamOf = ({ event, link }: Resolved): string => (event ?? link)?.stream ?? '';
