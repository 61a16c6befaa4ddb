import { measureLoad } from './load-client.ts';
import { bookingBody, firstSlot, HOSTS } from './many-hosts.ts';
import type { MeasuredServer } from './processes.ts';
import { API_KEY } from './processes.ts';

/** Booking requests that nobody made before, spread over the hosts in turn. One generator per server. */
export const freshBookings = (hosts = HOSTS): ((count: number) => ReadonlyArray<string>) => {
  const first = firstSlot(Temporal.Now.instant().epochMilliseconds);
  let made = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      const body = bookingBody(first, made % hosts, Math.floor(made / hosts));
      made += 1;
      return body;
    });
};

export const RESPOND_ASYNC = { Prefer: 'respond-async' };

type Figures = { readonly 'requests/s': number; readonly 'CPU us a request': number; readonly 'p99 ms': number };

/** What the bookings have become by the time they are answered. */
export type Wanted = 'taken' | 'accepted';

/** Sends new bookings, all of them or for so many milliseconds; throws where one is not taken, or not what is wanted of it. */
export const book = async (
  server: MeasuredServer,
  bodies: ReadonlyArray<string>,
  connections: number,
  wanted: Wanted = 'taken',
  forMs?: number,
): Promise<Figures> => {
  const headers = wanted === 'taken' ? RESPOND_ASYNC : { Prefer: 'wait=30' };
  const { statuses, rate, cpuUs, p99Ms, accepted } = await measureLoad(server, {
    connections,
    headers,
    bodies,
    ...(forMs === undefined ? {} : { forMs }),
  });
  const sent = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  if (statuses[201] !== sent || (forMs === undefined && sent !== bodies.length))
    throw new Error(`not every booking was taken: ${JSON.stringify(statuses)}`);
  if (wanted === 'accepted' && accepted !== sent) throw new Error('not every booking was accepted in time');
  return { 'requests/s': rate, 'CPU us a request': cpuUs, 'p99 ms': p99Ms };
};

const isCaughtUp = ({ checkpoint, head }: { readonly checkpoint: number; readonly head: number }): boolean =>
  checkpoint >= head;

/** Waits until the saga and the mails have done all there is to do. Consumers save their place once a second. */
export const caughtUp = async ({ url }: MeasuredServer, limitMs = 300_000): Promise<void> => {
  const deadline = performance.now() + limitMs;
  const headers = { authorization: `Bearer ${API_KEY}` };
  while (performance.now() < deadline) {
    const answer = await fetch(`${url}/v2/holdfast/consumers`, { headers });
    // The shape is that of our own endpoint; a wrong one throws just below.
    const { data } = (await answer.json()) as {
      data: { groups: ReadonlyArray<{ checkpoint: number; head: number }>; parked: ReadonlyArray<unknown> };
    };
    if (data.parked.length > 0) throw new Error('a consumer has given a message up');
    if (data.groups.every(isCaughtUp)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the consumers did not catch up in time');
};
