import type { CommandContext } from '../../application/commanding/record.ts';
import type { Actor } from '../../domain/event/envelope.ts';
import type { Caller } from '../access/caller.ts';
import type { HttpDeps } from '../http-deps.ts';

/** Under whose name a change of a booking goes into the log. */
export const changeContext = (
  deps: Pick<HttpDeps, 'identity'>,
  caller: Caller,
  uid: string,
  kind: Actor['kind'],
): CommandContext => ({
  commandId: deps.identity.newCommandId(),
  actor: caller === null ? { kind } : { kind, id: caller.id },
  correlationId: uid,
  causationId: null,
});
