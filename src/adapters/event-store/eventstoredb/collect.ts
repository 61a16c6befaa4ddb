import type { ResolvedEvent, StreamingRead } from '@eventstore/db-client';
import type { Clock } from '../../../application/ports/clock-and-ids.ts';

/** Nothing came for so many milliseconds. */
export class ReadStalled extends Error {
  readonly type = 'read-stalled';
}

/**
 * All events of a read. The client gives reads no deadline, so one that brings nothing for `stallMs` is called off.
 * Rejects with what the client emitted, or with `ReadStalled`.
 */
export const collect = <E extends ResolvedEvent>(
  clock: Clock,
  stallMs: number,
  read: StreamingRead<E>,
): Promise<ReadonlyArray<E>> =>
  new Promise((resolve, reject) => {
    const found: Array<E> = [];
    let callOff = (): void => {};
    const watch = (before: number): void => {
      callOff = clock.at(clock.now() + stallMs, () => {
        if (found.length > before) return watch(found.length);
        // Rejects when the call was never made; then there is nothing to call off.
        read.cancel().catch(() => undefined);
        reject(new ReadStalled(`the event store sent nothing for ${stallMs} ms`));
      });
    };
    watch(0);
    read.on('data', (event: E) => found.push(event));
    read.on('error', (error: unknown) => {
      callOff();
      reject(error);
    });
    read.on('end', () => {
      callOff();
      resolve(found);
    });
  });
