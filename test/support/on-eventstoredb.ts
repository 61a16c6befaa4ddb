import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './data-file.ts';
import { type StandInOptions, startEventStoreDbStandIn } from './eventstoredb/stand-in.ts';

const configurationOf = (startWaitInSeconds: number) => ({
  store: { type: 'eventstoredb', connectionString: { env: 'WHERE_THE_LOG_IS' }, startWaitInSeconds },
  hosts: [
    {
      id: 'odd',
      number: 1,
      username: 'odd',
      name: 'Odd Hansen',
      email: 'odd@example.org',
      timeZone: 'Europe/Oslo',
      eventTypes: [{ id: 1, slug: 'intro', title: 'Introduction', lengthInMinutes: 30 }],
      calendars: ['local'],
    },
  ],
  calendars: [{ id: 'local', type: 'local', label: 'Built-in' }],
  // A secret that a command on the log alone does without.
  webhooks: [
    {
      id: 'crm',
      url: 'https://crm.example.org/',
      secret: { env: 'CRM' },
      triggers: ['BOOKING_CREATED'],
      active: false,
    },
  ],
});

/** Seconds that a start may take on a machine that is busy with other tests. */
const PATIENT_S = 20;

/** A configuration file that names an EventStoreDB (the stand-in), and the environment of a server on it. */
export const givenEventStoreDb = async (options?: StandInOptions, startWaitInSeconds = PATIENT_S) => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'holdfast.json');
  await writeFile(file, JSON.stringify(configurationOf(startWaitInSeconds)));
  const standIn = await startEventStoreDbStandIn(options);
  onTestFinished(async () => {
    await standIn.close();
    await folder.remove();
  });
  const env = {
    HOLDFAST_CONFIG: file,
    HOLDFAST_DATA: join(folder.path, 'data'),
    WHERE_THE_LOG_IS: standIn.connectionString,
    CRM: 'secret-of-the-crm',
    PORT: '0',
  };
  return { standIn, env };
};

/** Asks the server for a booking of that start. */
export const bookingOn = (url: string, start: string): Promise<Response> => {
  const attendee = { name: 'Runa', email: 'runa@example.org', timeZone: 'Asia/Tokyo' };
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ start, eventTypeId: 1, attendee });
  return fetch(`${url}/v2/bookings`, { method: 'POST', headers, body });
};
