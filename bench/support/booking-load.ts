import { measureLoad } from './load-client.ts';
import { bookingBody, firstSlot, HOSTS } from './many-hosts.ts';
import type { MeasuredServer } from './processes.ts';
import { API_KEY } from './processes.ts';

/** Booking requests that nobody made before, spread over all hosts in turn. One generator per server. */
export const freshBookings = (): ((count: number) => ReadonlyArray<string>) => {
  const first = firstSlot(Temporal.Now.instant().epochMilliseconds);
  let made = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      const body = bookingBody(first, made % HOSTS, Math.floor(made / HOSTS));
      made += 1;
      return body;
    });
};

export const RESPOND_ASYNC = { Prefer: 'respond-async' };

type Figures = { readonly 'requests/s': number; readonly 'CPU us a request': number; readonly 'p99 ms': number };

/** Sends new bookings, each of which must be taken; throws where one is not. */
export const book = async (
  server: MeasuredServer,
  bodies: ReadonlyArray<string>,
  connections: number,
  headers: Readonly<Record<string, string>> = RESPOND_ASYNC,
): Promise<Figures & { readonly accepted: number }> => {
  const { statuses, rate, cpuUs, p99Ms, accepted } = await measureLoad(server, { connections, headers, bodies });
  if (statuses[201] !== bodies.length) throw new Error(`not every booking was taken: ${JSON.stringify(statuses)}`);
  return { 'requests/s': rate, 'CPU us a request': cpuUs, 'p99 ms': p99Ms, accepted };
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
