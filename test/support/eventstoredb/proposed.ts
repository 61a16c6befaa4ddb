import type { Streams } from './generated.ts';
import type { ProposedEvent } from './log.ts';

/** Bytes for a whole append, up to server 25.0 (`MaxAppendSize`). Server docs, "Options". */
export const MAX_APPEND_BYTES = 1024 * 1024;

type Proposed = Streams.AppendReq.ProposedMessage | Streams.BatchAppendReq.ProposedMessage;

export const proposedEvent = (message: Proposed): ProposedEvent => {
  const map = message.getMetadataMap();
  const id = message.getId()?.getString();
  const type = map.get('type');
  const contentType = map.get('content-type');
  if (!id || type === undefined || contentType === undefined)
    throw new Error('an event has an id, a type and a content type');
  return { id, type, contentType, data: message.getData_asU8(), metadata: message.getCustomMetadata_asU8() };
};

/** Bytes as the server counts them: content, own metadata and the type in UTF-16 (`Event.SizeOnDisk`). */
export const proposedSize = (events: ReadonlyArray<ProposedEvent>): number =>
  events.reduce((sum, { type, data, metadata }) => sum + 2 * type.length + data.length + metadata.length, 0);
