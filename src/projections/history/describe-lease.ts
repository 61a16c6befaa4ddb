import type { BookingEventData } from '../../domain/booking/events.ts';
import { ROOM_EFFECT } from '../../domain/booking/lease.ts';

const WEBHOOK = 'webhook-';

/** What the node is about to do; `what` is the first word of an effect's name, `rest` what comes after it. */
const doingOf = (what: string, rest: string, calendarLabel: (calendarId: string) => string): string => {
  if (what === 'calendar') return `to call calendar '${calendarLabel(rest)}'`;
  if (what === ROOM_EFFECT) return 'to make the video room';
  if (what === 'mail-host') return 'to tell the host by mail';
  if (what === 'mail-guests') return 'to tell the guests by mail';
  return what.startsWith(WEBHOOK) ? `to tell webhook '${what.slice(WEBHOOK.length)}'` : `to do '${what}'`;
};

/** Which node began what, and from when on another may. `timeOf`: an instant to the second, in the reader's zone. */
export const describeLease = (
  { effect, node, until }: BookingEventData<'EffectLeased'>,
  calendarLabel: (calendarId: string) => string,
  timeOf: (instant: string) => string,
): string => {
  const [what = '', ...rest] = effect.split(' ');
  return `Node '${node}' is about ${doingOf(what, rest.join(' '), calendarLabel)}. If it fails to, another may from ${timeOf(until)} on.`;
};
