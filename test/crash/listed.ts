import type { Json } from '../../src/domain/log/envelope.ts';
import type { Client } from '../support/http-client.ts';
import { at } from '../support/http-client.ts';
import { ALL_ROLES_KEY } from '../support/killable-server.ts';

const PAGE = 250;

/** Without the time of the last look at each calendar: a server goes on looking, and no log says when. */
const withoutLooks = (row: Json): Json =>
  JSON.parse(JSON.stringify(row, (key, value: Json) => (key === 'lastSeenAt' ? undefined : value)));

/** Every booking as the list of the API shows it, once the read model has got to `position`. */
export const listed = async (
  client: Client,
  position: number,
): Promise<ReadonlyMap<string, { readonly status: string; readonly shown: Json }>> => {
  const all = new Map<string, { status: string; shown: Json }>();
  for (let skip = 0; ; skip += PAGE) {
    const path = `/v2/bookings?take=${PAGE}&skip=${skip}&atLeastPosition=${position}`;
    const page = await client.get(path, { key: ALL_ROLES_KEY });
    if (page.status !== 200) throw new Error(`the list answered ${page.status}: ${page.text}`);
    const data = at(page.body, 'data');
    const rows: ReadonlyArray<Json> = Array.isArray(data) ? data : [];
    for (const row of rows)
      all.set(String(at(row, 'uid')), { status: String(at(row, 'status')), shown: withoutLooks(row) });
    if (rows.length < PAGE) return all;
  }
};
