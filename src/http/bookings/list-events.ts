import * as E from 'fp-ts/lib/Either.js';
import type { HistoryEntry } from '../../application/reading/read-booking.ts';
import { toEpochMs } from '../../domain/time/interval.ts';
import type { Reader } from '../../projections/history/describe-event.ts';
import { describeEvent } from '../../projections/history/describe-event.ts';
import { guestView } from '../../projections/history/guest-view.ts';
import { covers, hasRole } from '../access/caller.ts';
import { guestAccess } from '../access/guest-access.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { atMilliseconds } from '../presenters/instants.ts';
import type { ApiRequest, Handler } from '../transport/endpoint.ts';
import { success } from '../transport/endpoint.ts';
import type { Catalog } from './catalog.ts';
import type { Found } from './read-one.ts';
import { readOne } from './read-one.ts';

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
export const listEvents = (deps: HttpDeps, catalog: Catalog): Handler => {
  const readerOf = ({ caller }: ApiRequest, { booking }: Found): Reader => {
    const { hostId, personal } = booking.request;
    const inside = covers(caller, hostId) && hasRole(caller, 'read', 'host', 'audit');
    const hostZone = catalog.hostById(hostId)?.timeZone ?? 'UTC';
    return {
      audience: inside ? 'host' : 'guest',
      timeZone: inside ? hostZone : personal.attendee.timeZone,
      calendarLabel: deps.calendarLabel,
    };
  };
  return async (request) => {
    const allowed = guestAccess(deps)(request, request.params.uid ?? '', ['read', 'book', 'host', 'audit']);
    if (E.isLeft(allowed)) return allowed;
    const found = await readOne(deps)(request);
    if (E.isLeft(found)) return found;
    const history = await deps.readHistory(found.right.uid)();
    if (E.isLeft(history)) return E.left(fromApplication(history.left));
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
