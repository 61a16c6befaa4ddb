import { describe, it } from 'vitest';
import {
  accept,
  accepted,
  confirmed,
  confirmEvent,
  confirmSlot,
  expire,
  failed,
  leavePending,
  leftPending,
  makeRoom,
  requested,
  resolveWrite,
  roomFailed,
  roomReady,
  sequence,
  started,
  succeeded,
  writeCalendar,
} from '../../../src/testing/index.ts';

const giveUp = expire('calendar_sync_failed', '12:00');
const both = { calendars: ['work', 'home'] };

describe('the saga, by what the calendars say', () => {
  it('S06 no calendar connected: accepted', () => {
    sequence(requested({ calendars: [] }))
      .yields(accept())
      .endsAs('accepted');
  });

  it('S01 one calendar: asked first, resolved after a lost answer, accepted once it holds the event', () => {
    sequence(requested()).yields(writeCalendar('work'), giveUp).endsAs('pending');
    sequence(requested(), started('work')).yields(resolveWrite('work'), giveUp).endsAs('pending');
    sequence(requested(), started('work'), succeeded('work')).yields(accept()).endsAs('accepted');
    sequence(requested(), started('work'), succeeded('work'), accepted())
      .yields(confirmSlot(), confirmEvent('work'))
      .endsAs('accepted');
    sequence(requested(), started('work'), succeeded('work'), accepted(), confirmed('work'))
      .yields(confirmSlot())
      .endsAs('accepted');
  });

  it('S02 one calendar that refuses for good: pending, no retry, expires at the deadline', () => {
    const refused = sequence(requested(), started('work'), failed('work', 'auth-revoked'));
    refused.yields(leavePending('calendar_sync_failed'), giveUp).endsAs('pending');
    refused.at('11:59:59').endsAs('pending');
    refused.at('12:00').endsAs('expired');
  });

  it('S03 S12 a video room, with or without a link, counts for nothing', () => {
    const withRoom = requested({ room: 'jitsi' });
    sequence(withRoom).yields(makeRoom(), giveUp).endsAs('pending');
    for (const room of [roomReady(), roomFailed(), roomReady('https://fallback.example', { fallback: true })]) {
      sequence(withRoom, room).yields(writeCalendar('work'), giveUp).endsAs('pending');
      sequence(withRoom, room, started('work'), failed('work', 'forbidden')).endsAs('pending');
      sequence(withRoom, room, started('work'), succeeded('work')).yields(accept()).endsAs('accepted');
    }
    sequence(requested({ room: 'jitsi', calendars: [] }), roomFailed())
      .yields(accept())
      .endsAs('accepted');
  });

  it('S04 any-of: one that holds it is enough; the one that failed is tried again on its own', () => {
    const oneHolds = sequence(
      requested(both),
      started('work'),
      started('home'),
      succeeded('work'),
      failed('home', 'network', { retryAt: '10:00:05' }),
    );
    oneHolds.yields(accept()).endsAs('accepted');
    sequence(
      requested(both),
      started('work'),
      started('home'),
      succeeded('work'),
      accepted(),
      failed('home', 'network', { retryAt: '10:00:05' }),
    )
      .yields(confirmSlot(), writeCalendar('home', 2, '10:00:05'), confirmEvent('work'))
      .endsAs('accepted');
  });

  it('S05 every calendar refuses: one alert, at once', () => {
    sequence(
      requested(both),
      started('work'),
      failed('work', 'forbidden'),
      started('home'),
      failed('home', 'auth-revoked'),
    )
      .yields(leavePending('calendar_sync_failed'), giveUp)
      .endsAs('pending');
    sequence(
      requested(both),
      started('work'),
      failed('work', 'forbidden'),
      started('home'),
      failed('home', 'auth-revoked'),
      leftPending('calendar_sync_failed', { failures: [failed('work', 'forbidden'), failed('home', 'auth-revoked')] }),
    )
      .yields(giveUp)
      .endsAs('pending');
  });

  it('all-of: every calendar must hold it', () => {
    const strict = requested({ ...both, acceptance: 'all-of' });
    sequence(strict, started('work'), succeeded('work')).yields(writeCalendar('home'), giveUp).endsAs('pending');
    sequence(strict, started('work'), succeeded('work'), started('home'), failed('home', 'forbidden'))
      .yields(leavePending('calendar_sync_failed'), giveUp)
      .endsAs('pending');
    sequence(strict, started('work'), succeeded('work'), started('home'), failed('home', 'forbidden'))
      .at('12:00')
      .endsAs('expired');
    sequence(strict, started('work'), succeeded('work'), started('home'), succeeded('home', 'evt-2'))
      .yields(accept())
      .endsAs('accepted');
  });
});
