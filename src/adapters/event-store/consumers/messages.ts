import type { RecordedEvent } from '../../../domain/event/envelope.ts';
import { toInstant } from '../../../domain/time/interval.ts';
import type { KeyedParkedMessage, WaitingMessage } from './consumer-state.ts';

/** As it is shown to the operator; `parkedAt` in epoch milliseconds. */
export const parkedMessage = (
  group: string,
  message: WaitingMessage,
  event: Pick<RecordedEvent, 'stream' | 'type'>,
  parkedAt: number,
): KeyedParkedMessage => ({
  group,
  position: message.position,
  key: message.key,
  stream: event.stream,
  type: event.type,
  attempts: message.attempts,
  reason: message.reason,
  parkedAt: toInstant(parkedAt),
});

/** What the consumer state keeps of a message in memory. */
export const waitingMessage = ({ position, key, attempts, dueAt, reason }: WaitingMessage): WaitingMessage => ({
  position,
  key,
  attempts,
  dueAt,
  reason,
});
