import type { RecordedEvent } from '../../domain/log/envelope.ts';
import { type Append, MAX_APPEND_BYTES } from '../ports/event-store.ts';

/** Place and position are counted too, so this is a little more than what an engine counts. */
const bytesOf = (event: RecordedEvent): number => Buffer.byteLength(JSON.stringify(event));

const appendOf = (stream: string, events: ReadonlyArray<RecordedEvent>): Append => {
  const first = events[0]?.revision ?? 0;
  return { stream, expected: first === 0 ? 'no-stream' : first - 1, events };
};

/** Events of one stream, without gaps, as appends that an engine takes. One event that is too big stands alone. */
export const splitAppends = (stream: string, events: ReadonlyArray<RecordedEvent>): ReadonlyArray<Append> => {
  const parts: Array<Array<RecordedEvent>> = [];
  let room = 0;
  for (const event of events) {
    const bytes = bytesOf(event);
    const part = parts.at(-1);
    if (part === undefined || bytes > room) {
      parts.push([event]);
      room = MAX_APPEND_BYTES - bytes;
    } else {
      part.push(event);
      room -= bytes;
    }
  }
  return parts.map((part) => appendOf(stream, part));
};
