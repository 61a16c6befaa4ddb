import * as E from 'fp-ts/lib/Either.js';
import type { Slot } from '../../domain/availability/slot.ts';
import type { Catalog } from '../bookings/catalog.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { atMilliseconds } from '../presenters/booking.ts';
import type { EndpointHandler } from '../transport/endpoint.ts';
import { success } from '../transport/endpoint.ts';
import type { SlotsQuery } from './slots-query.ts';
import { slotsQueryOf } from './slots-query.ts';

type PresentedSlot = { readonly start: string; readonly end?: string };

/** Slots by day: of the zone that was asked for, else of UTC. Days without slots are absent. */
const slotsByDay = (slots: ReadonlyArray<Slot>, { timeZone, format }: Pick<SlotsQuery, 'timeZone' | 'format'>) => {
  const days: Record<string, Array<PresentedSlot>> = {};
  for (const slot of slots) {
    const start = atMilliseconds(slot.start, timeZone);
    const day = start.slice(0, 10);
    const presented = format === 'range' ? { start, end: atMilliseconds(slot.end, timeZone) } : { start };
    const known = days[day];
    if (known === undefined) days[day] = [presented];
    else known.push(presented);
  }
  return days;
};

/** `GET /v2/slots`: what can be booked, by the decision that books it (I11). */
export const getSlots =
  (deps: Pick<HttpDeps, 'findSlots'>, catalog: Catalog): EndpointHandler =>
  async (request) => {
    const query = slotsQueryOf(catalog, request.query);
    if (E.isLeft(query)) return query;
    const { offer, window, lengthInMinutes, except } = query.right;
    const wanted = { rules: offer, window, lengthInMinutes, ...(except === null ? {} : { except }) };
    const slots = await deps.findSlots(wanted, request.whenGone())();
    return E.isLeft(slots)
      ? E.left(fromApplication(slots.left))
      : E.right(success(slotsByDay(slots.right, query.right)));
  };
