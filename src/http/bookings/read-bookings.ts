import * as E from 'fp-ts/lib/Either.js';
import type { HistoryEntry } from '../../application/queries/read-booking.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { describeEvent, guestView } from '../../projections/history/describe-event.ts';
import type { Reader } from '../../projections/history/history-words.ts';
import { covers, hasRole, hostIdOf } from '../access/caller.ts';
import { type ApiError, apiError, fieldErrors } from '../errors/api-error.ts';
import { fromApplication, fromBookingList } from '../errors/from-application.ts';
import type { HttpDeps, Catalog } from '../http-deps.ts';
import { type FoundBooking, findForCaller } from './find-booking.ts';
import { atMilliseconds, paginationOf, presentForCaller } from './present-booking.ts';
import {
  type HttpRequest,
  type EndpointHandler,
  type QueryHandler,
  success,
  withQuery,
} from '../transport/endpoint.ts';
import { bookingsQuery, listQueryOf } from './list-query.ts';

/** `GET /v2/bookings/{uid}`: from the booking's own stream, so always the truth of the moment. */
export const getBooking =
  (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  async (request) => {
    const found = await findForCaller(deps, 'see', 'read', 'book', 'host')(request);
    if (E.isLeft(found)) return found;
    const { uid, booking, position } = found.right;
    return E.right(
      success(presentForCaller(request.caller, catalog, deps)(uid, booking), { 'Holdfast-Position': String(position) }),
    );
  };

/** How long a list waits for the read model to get to the position that was asked for, in milliseconds. */
export const CATCH_UP_MS = 2_000;

const wrongPosition = fieldErrors([
  { field: 'atLeastPosition', code: 'invalid', message: 'atLeastPosition must be a position that an answer gave' },
]);
const behind = apiError('read_model_behind', 'The list has not got to this position yet; please try again.', {
  retryAfterSeconds: 1,
});

/** The header that an earlier answer gave; it may be sent back in place of `atLeastPosition`. */
const positionHeader = ({ header }: HttpRequest): E.Either<ApiError, number | null> => {
  const text = header('holdfast-position') ?? '';
  if (text === '') return E.right(null);
  return /^\d{1,15}$/.test(text) ? E.right(Number(text)) : E.left(wrongPosition);
};

/** `GET /v2/bookings`: the bookings of the key's host, from the read model. */
export const getBookings = (deps: HttpDeps, catalog: Catalog): QueryHandler =>
  withQuery(bookingsQuery, async (request, parameters) => {
    const hostId = hostIdOf(request.caller);
    const query = listQueryOf(parameters, { now: deps.clock.now(), hostIds: hostId === null ? null : [hostId] });
    if (E.isLeft(query)) return query;
    const fromHeader = positionHeader(request);
    if (E.isLeft(fromHeader)) return fromHeader;
    const position = parameters.atLeastPosition ?? fromHeader.right ?? 0;
    if (position === 0) await deps.catchUp(request.whenGone());
    const caughtUp = position === 0 || (await deps.bookingList.waitFor(position, CATCH_UP_MS, request.whenGone()));
    if (!caughtUp) return E.left(behind);
    const page = await deps.bookingList.list(query.right)();
    if (E.isLeft(page)) return E.left(fromBookingList(page.left));
    const { rows, total } = page.right;
    const present = presentForCaller(request.caller, catalog, deps);
    const data = rows.map(({ uid, booking }) => present(uid, booking));
    const pagination = paginationOf(query.right, total, rows.length);
    const headers = { 'Holdfast-Position': String(page.right.position) };
    return E.right({ type: 'json', status: 200, json: { status: 'success', data, pagination }, headers });
  });

const presentEntry = ({ recorded, event }: HistoryEntry, reader: Reader) => ({
  revision: recorded.revision,
  position: recorded.position,
  type: recorded.type,
  version: recorded.version,
  occurredAt: atMilliseconds(toEpochMs(recorded.occurredAt), null),
  actor: reader.audience === 'host' ? recorded.actor : { kind: recorded.actor.kind },
  data: reader.audience === 'host' ? event.data : guestView(event),
  text: describeEvent(event, reader),
});

/** `GET /v2/bookings/{uid}/events`, ours: the history as data and in words. The host's side sees all, guests their part. */
export const getBookingEvents = (deps: HttpDeps, catalog: Catalog): EndpointHandler => {
  const readerOf = ({ caller }: HttpRequest, { booking }: FoundBooking): Reader => {
    const { hostId, personal } = booking.request;
    const inside = covers(caller, hostId) && hasRole(caller, 'read', 'host', 'audit');
    const hostZone = catalog.hostById(hostId)?.timeZone ?? 'UTC';
    return {
      audience: inside ? 'host' : 'guest',
      timeZone: inside ? hostZone : personal.attendee.timeZone,
      calendarLabel: deps.calendarLabel,
      mustAllHold: booking.request.acceptance === 'all-of',
    };
  };
  return async (request) => {
    const found = await findForCaller(deps, 'see', 'read', 'book', 'host', 'audit')(request);
    if (E.isLeft(found)) return found;
    const history = await deps.readHistory(found.right.uid)();
    if (E.isLeft(history)) return E.left(fromApplication(history.left));
    // An auditor's reading is in the log before it is answered, as that of the audit's own routes.
    const { caller } = request;
    const isAudit = caller !== null && hasRole(caller, 'audit');
    const noted = isAudit ? await deps.audit.noteReading(caller.id, 'events') : E.right(undefined);
    if (E.isLeft(noted)) return E.left(fromApplication(noted.left));
    const reader = readerOf(request, found.right);
    const position = history.right.at(-1)?.recorded.position ?? found.right.position;
    return E.right(
      success(
        history.right.map((entry) => presentEntry(entry, reader)),
        { 'Holdfast-Position': String(position) },
      ),
    );
  };
};
