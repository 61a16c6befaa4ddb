import { calendarContract, remoteCalendarContract } from '../../../contract/calendar/calendar-contract.ts';
import { calDavFixture } from '../../../support/caldav-fixture.ts';
import { describeWith } from '../../../support/install/describe-with.ts';
import { startRadicale } from '../../../support/radicale.ts';
import { runningServer } from '../../../support/running-server.ts';
import { startXandikos } from '../../../support/xandikos.ts';

describeWith('radicale', 'CalDAV on a real Radicale', () => {
  remoteCalendarContract('CalDAV on Radicale', calDavFixture(runningServer(startRadicale)));
});

describeWith('xandikos', 'CalDAV on a real Xandikos', () => {
  calendarContract('CalDAV on Xandikos', calDavFixture(runningServer(startXandikos)));
});
