import { listed } from '../crash/listed.ts';
import type { Client } from '../support/http-client.ts';
import { bookingsIn } from '../support/log-checks.ts';
import type { Installation } from './installation.ts';
import { REAL_SERVER } from './where-the-log-is.ts';

/** What a node lists once it has got to `position`; on a real server without what earlier runs have left there. */
export const ownList = async ({ log }: Installation, client: Client, position: number) => {
  const all = await listed(client, position);
  if (REAL_SERVER === undefined) return all;
  const own = new Set(bookingsIn(await log()).map(({ uid }) => uid));
  return new Map([...all].filter(([uid]) => own.has(uid)));
};
