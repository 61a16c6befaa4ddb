import * as E from 'fp-ts/lib/Either.js';
import type { ChangedBooking } from '../../application/commands/change-booking.ts';
import type { KnownBooking } from '../../domain/booking/booking-state.ts';
import type { BookingEvent } from '../../domain/booking/events.ts';
import type { Actor } from '../../domain/log/envelope.ts';
import { type ApiError, apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { Caller, Headers, HttpRequest } from '../transport/endpoint.ts';
import { idempotencyKey } from './request-preferences.ts';
import { type FoundBooking, changeContext } from './find-booking.ts';

type Change = HttpDeps['approveBooking'];

/** What a change came to. `repeated`: it had been made before, under the same key. */
export type ChangedOnce = ChangedBooking & { readonly repeated: boolean };

/**
 * A change as it is asked for. `action`: its name, apart from other changes under the same key. `isSame`: whether an event of an
 * earlier change under the key says what this one wants; left out: it always does. `wasSo`: what to say where it was so
 * already, and by somebody else; left out: that is success.
 */
export type WantedChange = {
  readonly action: string;
  readonly kind: Actor['kind'];
  readonly change: Change;
  readonly isSame?: (event: BookingEvent, present: KnownBooking) => boolean;
  readonly wasSo?: ApiError;
};

type ChangeDeps = Pick<HttpDeps, 'identity' | 'uidFromKey' | 'readHistory' | 'readBooking'>;

const keyReused = apiError('idempotency_key_reused', 'This Idempotency-Key was used before, for another request.');

/** Keys of different callers do not meet, nor do those for different bookings: without an API key, who has the booking is its guest. */
const commandIdOf = ({ uidFromKey }: Pick<HttpDeps, 'uidFromKey'>, caller: Caller, uid: string, action: string) => {
  const scope = `${caller?.id ?? 'guest'} ${action} ${uid}`;
  return (key: string): string => `${action}/${uidFromKey(scope, key)}`;
};

/** What came of the change that this command made before; null: it made none. Its first event has an id of its own (I5). */
const earlier = async (
  deps: ChangeDeps,
  uid: string,
  commandId: string,
  isSame: (event: BookingEvent, present: KnownBooking) => boolean,
): Promise<E.Either<ApiError, ChangedOnce | null>> => {
  const history = await deps.readHistory(uid)();
  if (E.isLeft(history)) return E.left(fromApplication(history.left));
  const id = deps.identity.eventId(commandId, 0);
  const before = history.right.find(({ recorded }) => recorded.id === id);
  if (before === undefined) return E.right(null);
  const present = await deps.readBooking(uid)();
  if (E.isLeft(present)) return E.left(fromApplication(present.left));
  return isSame(before.event, present.right.booking)
    ? E.right({ ...present.right, changed: false, repeated: true })
    : E.left(keyReused);
};

/**
 * Makes a change of a booking, once under an Idempotency-Key: the same again is answered with the booking as it is now, also where
 * the change itself would be refused by then. Another wish under the same key is 422.
 */
export const changeOnce = async (
  deps: ChangeDeps,
  request: HttpRequest,
  { uid }: FoundBooking,
  { action, kind, change, isSame = () => true, wasSo }: WantedChange,
): Promise<E.Either<ApiError, ChangedOnce>> => {
  const key = idempotencyKey(request.header('idempotency-key'));
  if (E.isLeft(key)) return key;
  const plain = changeContext(deps, request.caller, uid, kind);
  const isRepeatable = key.right !== null;
  const commandId = key.right === null ? plain.commandId : commandIdOf(deps, request.caller, uid, action)(key.right);
  const before = isRepeatable ? await earlier(deps, uid, commandId, isSame) : E.right(null);
  if (E.isLeft(before)) return before;
  if (before.right !== null) return E.right(before.right);
  const changed = await change(uid, { ...plain, commandId })();
  if (E.isRight(changed) && (changed.right.changed || wasSo === undefined))
    return E.right({ ...changed.right, repeated: false });
  // The same request may have been faster by a moment; or this one was written, and the store could not say so at once.
  const meanwhile = await earlier(deps, uid, commandId, isSame);
  if (E.isLeft(meanwhile)) return meanwhile;
  if (meanwhile.right !== null) return E.right({ ...meanwhile.right, repeated: isRepeatable });
  if (E.isLeft(changed)) return E.left(fromApplication(changed.left));
  return wasSo === undefined ? E.right({ ...changed.right, repeated: false }) : E.left(wasSo);
};

export const replayedHeader = ({ repeated }: ChangedOnce): Headers =>
  repeated ? { 'Idempotency-Replayed': 'true' } : {};
