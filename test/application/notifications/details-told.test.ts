import { describe, expect, it } from 'vitest';
import { command, detailsCommand } from '../../../src/testing/index.ts';
import { accept, asked, KARI, LINK, methodsTo, post, RUNA } from './guest-mails.helper.ts';

const OLA = 'ola@example.net';
const unfold = (text: string): string => text.replaceAll('\r\n ', '');
const booked = [command.request({ guests: [KARI] }), ...accept];

describe('guests and place of a confirmed booking', () => {
  it('who is added is invited with the present SEQUENCE; the attendee is told, other guests are not', async () => {
    const world = await post();
    await world.now(...booked);
    await world.now(detailsCommand.addGuests([OLA]));
    expect(methodsTo(world, OLA)).toEqual(['REQUEST']);
    const invitation = unfold(world.ics(world.to(OLA)[0]));
    expect(invitation).toContain('SEQUENCE:1');
    expect(invitation).toContain(`mailto:${OLA}`);
    expect(invitation).not.toContain(KARI);
    expect(methodsTo(world, RUNA)).toEqual(['REQUEST', 'REQUEST']);
    expect(world.to(RUNA).at(-1)?.text).toContain(`Added: ${OLA}`);
    expect(methodsTo(world, KARI)).toEqual(['REQUEST']);
  });

  it('who is removed gets a CANCEL of their own, without STATUS, and nothing after it', async () => {
    const world = await post();
    await world.now(...booked);
    await world.now(detailsCommand.removeGuest(1));
    await world.now(detailsCommand.changeLocation('The square'));
    await world.now(command.cancel('host'));
    expect(methodsTo(world, KARI)).toEqual(['REQUEST', 'CANCEL']);
    const taken = unfold(world.ics(world.to(KARI)[1]));
    expect(taken).toContain('SEQUENCE:1');
    expect(taken).toContain(`mailto:${KARI}`);
    expect(taken).not.toContain('STATUS:');
    expect(methodsTo(world, RUNA)).toEqual(['REQUEST', 'REQUEST', 'REQUEST', 'CANCEL']);
    expect(world.ics(world.to(RUNA).at(-1))).toContain('STATUS:CANCELLED');
  });

  it('a new place is told to everybody, with the next SEQUENCE on the same UID', async () => {
    const world = await post();
    await world.now(...booked);
    await world.now(detailsCommand.changeLocation('The square'));
    for (const address of [RUNA, KARI]) {
      expect(methodsTo(world, address)).toEqual(['REQUEST', 'REQUEST']);
      const [first, second] = world.to(address).map((mail) => unfold(world.ics(mail)));
      expect(second).toContain('LOCATION:The square');
      expect(second).toContain('SEQUENCE:1');
      const uidOf = (text = '') => /^UID:.*$/m.exec(text)?.[0];
      expect(uidOf(second)).toBe(uidOf(first));
      expect(world.to(address)[1]?.text).toContain('The square');
    }
  });

  it('an invitation that is on its way when the guest is removed is followed by the CANCEL', async () => {
    const world = await post();
    await world.now(...booked);
    const deliver = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    world.holding.until = deliver.promise;
    world.holding.begun = begun.resolve;
    await world.happened(detailsCommand.addGuests([OLA]));
    await begun.promise;
    await world.happened(detailsCommand.removeGuest(2));
    deliver.resolve();
    await world.idle();
    expect(methodsTo(world, OLA).at(-1)).toBe('CANCEL');
  });

  it('of a pending booking the confirmation tells them, once', async () => {
    const world = await post();
    await world.now(
      command.request({ guests: [KARI], requiresApproval: true }),
      command.leavePending('awaiting_approval'),
    );
    await world.now(detailsCommand.addGuests([OLA]), detailsCommand.removeGuest(1));
    await world.now(detailsCommand.changeLocation('The square'));
    expect(world.to(OLA)).toEqual([]);
    await world.now(command.approve(), ...accept);
    expect(methodsTo(world, OLA)).toEqual(['REQUEST']);
    expect(world.to(KARI)).toEqual([]);
    expect(unfold(world.ics(world.to(OLA)[0]))).toMatch(/SEQUENCE:0[^]*LOCATION:The square/);
  });
});

describe('guests that are added to a booking of a stranger', () => {
  it('by the attendee, wait as the others do, and are told with them', async () => {
    const world = await post();
    await world.now(asked(), ...accept);
    await world.now(detailsCommand.addGuests([OLA]));
    expect(world.sent.filter(({ to }) => to.address !== RUNA)).toEqual([]);
    expect(world.to(RUNA).at(-1)?.text).toContain(LINK);
    await world.now(command.verifyMailbox());
    expect([methodsTo(world, KARI), methodsTo(world, OLA)]).toEqual([['REQUEST'], ['REQUEST']]);
  });

  it('by the host, are told at once, and once', async () => {
    const world = await post();
    await world.now(asked(), ...accept);
    await world.now(detailsCommand.addGuests([OLA], { by: 'host' }));
    expect([methodsTo(world, KARI), methodsTo(world, OLA)]).toEqual([[], ['REQUEST']]);
    await world.now(command.verifyMailbox());
    expect([methodsTo(world, KARI), methodsTo(world, OLA)]).toEqual([['REQUEST'], ['REQUEST']]);
  });

  it('I4 and removed before anybody told them, never hear of it', async () => {
    const world = await post();
    await world.now(asked(), ...accept);
    await world.now(detailsCommand.removeGuest(1));
    await world.now(command.verifyMailbox());
    expect(world.to(KARI)).toEqual([]);
  });
});
