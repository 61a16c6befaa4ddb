import { beforeEach, describe, expect, it } from 'vitest';
import type { Delivery } from '../../../src/application/ports/consumer-groups.ts';
import { tellingEffect } from '../../../src/domain/booking/lease.ts';
import { mailTeller } from '../../../src/projections/notifications/mail-consumer.ts';
import { tellerSecondLook } from '../../../src/projections/notifications/teller-second-look.ts';
import { command } from '../../../src/testing/index.ts';
import { keepingMailer, mailSettings, toldWorld } from '../../support/told-world.ts';

const GRACE_MS = 120_000;
const RUNA = 'runa@example.com';

let world: ReturnType<typeof toldWorld>;
let accepted: Delivery;
beforeEach(async () => {
  world = toldWorld();
  await world.happened(command.request(), command.startSync('work'), command.recordSuccess('work'), command.accept());
  accepted = await world.message('BookingAccepted');
});

const looking = (mails = keepingMailer()) => {
  const problems: string[] = [];
  const leasing = { node: 'a', leaseMs: 15_000 };
  const deps = { ...world, ...mailSettings, mailer: mails.mailer, leasing, maxAttempts: 3, graceMs: GRACE_MS };
  const report = ({ reason }: { readonly reason: string }) => void problems.push(reason);
  const group = tellerSecondLook({ ...deps, report }, mailTeller(deps, 'guests'));
  return { group, mails, problems, look: () => group.handle(accepted) };
};

describe('the second look at who was told', () => {
  it('gives the message its time first', async () => {
    const { look, mails } = looking();
    expect(await look()).toEqual({ type: 'defer', afterMs: GRACE_MS });
    expect(mails.sent).toEqual([]);
  });

  it('given the message never came, then the guest is told, and operators are', async () => {
    const { look, mails, problems } = looking();
    world.clock.advance(GRACE_MS);
    expect(await look()).toEqual({ type: 'ack' });
    expect(mails.to()).toEqual([RUNA]);
    expect(problems).toEqual([expect.stringContaining('BookingAccepted')]);
    expect(await look()).toEqual({ type: 'ack' });
    expect(mails.to()).toEqual([RUNA]);
  });

  it('given the guest was told in time, then nothing is sent', async () => {
    const first = looking();
    await mailTeller(
      { ...world, ...mailSettings, mailer: first.mails.mailer, leasing: null, maxAttempts: 3 },
      'guests',
    ).tell(await world.told('BookingAccepted'), accepted);
    world.clock.advance(GRACE_MS);
    const { look, mails, problems } = looking();
    expect(await look()).toEqual({ type: 'ack' });
    expect([mails.sent, problems]).toEqual([[], []]);
  });

  it('given the group has the message and tries again, then it is left to the group, until it must have been lost', async () => {
    const effect = tellingEffect('mail-guests', accepted.event.id);
    const lease = { node: 'b', until: world.clock.now() + 15_000 };
    await world.happened({ type: 'LeaseEffect', effect, lease, now: world.clock.now() });
    const { look, mails } = looking();
    world.clock.advance(GRACE_MS);
    expect(await look()).toEqual({ type: 'defer', afterMs: mailSettings.retry.capMs });
    world.clock.advance(mailSettings.retry.capMs);
    expect(await look()).toEqual({ type: 'ack' });
    expect(mails.to()).toEqual([RUNA]);
  });

  it('given the mail server refuses for now, then there is a third look, and at the end it is given up visibly', async () => {
    const { look } = looking(keepingMailer({ [RUNA]: { type: 'try-later', message: 'busy' } }));
    world.clock.advance(GRACE_MS);
    expect(await look()).toEqual({ type: 'defer', afterMs: GRACE_MS });
    world.clock.advance(world.patienceMs);
    expect(await look()).toEqual({ type: 'ack' });
    expect(await world.types()).toContain('NotificationParked');
  });
});
