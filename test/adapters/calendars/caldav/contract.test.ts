import { afterAll, beforeAll } from 'vitest';
import { calendarContract } from '../../../contract/calendar/calendar-contract.ts';
import { calDavFixture } from '../../../support/caldav-fixture.ts';
import type { CalDavServer } from '../../../support/caldav-server.ts';
import { describeWith } from '../../../support/install/describe-with.ts';
import { startRadicale } from '../../../support/radicale.ts';
import { startXandikos } from '../../../support/xandikos.ts';

const running = (start: () => Promise<CalDavServer>): (() => CalDavServer) => {
  let server: CalDavServer | undefined;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(async () => {
    await server?.stop();
  });
  return () => {
    if (server === undefined) throw new Error('the server is not running');
    return server;
  };
};

describeWith('radicale', 'CalDAV on a real Radicale', () => {
  calendarContract('CalDAV on Radicale', calDavFixture(running(startRadicale)));
});

describeWith('xandikos', 'CalDAV on a real Xandikos', () => {
  calendarContract('CalDAV on Xandikos', calDavFixture(running(startXandikos)));
});
