import { describe, expect, it } from 'vitest';
import { command, rescheduleCommand } from '../../../src/testing/index.ts';
import { accept, asked, KARI, LINK, methodsTo, post, RUNA } from './guest-mails.helper.ts';

const moved = [
  rescheduleCommand.request({ to: '16:00' }),
  rescheduleCommand.start('work', { to: '16:00' }),
  rescheduleCommand.recordMove('work', { to: '16:00' }),
  rescheduleCommand.complete(),
];

describe('guests whom a stranger named', () => {
  it('given an acceptance, then the attendee alone is told, with the link that no other mail has', async () => {
    const world = await post();
    await world.now(asked(), ...accept);
    expect(world.sent.map(({ to }) => to.address)).toEqual([RUNA]);
    expect(world.sent[0]?.text).toContain(`Tell my guests:\n${LINK}`);
    expect(world.sent[0]?.icalendar?.content).not.toContain('token=t');
  });

  it('given the attendee says so, then each guest gets the invitation, once, however often it is said', async () => {
    const world = await post();
    await world.now(asked(), ...accept, command.verifyMailbox());
    await world.now(command.verifyMailbox());
    expect(methodsTo(world, KARI)).toEqual(['REQUEST']);
    expect(world.ics(world.to(KARI)[0])).toContain('SEQUENCE:0');
    expect(world.to(KARI)[0]?.text).not.toContain(LINK);
    expect(world.to(RUNA)).toHaveLength(1);
  });

  it('given it is said while the booking waits for approval, then the confirmation tells them, once', async () => {
    const world = await post();
    await world.now(asked({ requiresApproval: true }), command.leavePending('awaiting_approval'));
    expect(world.sent[0]?.text).toContain(LINK);
    await world.now(command.verifyMailbox());
    expect(world.to(KARI)).toEqual([]);
    await world.now(command.approve(), ...accept);
    expect(methodsTo(world, KARI)).toEqual(['REQUEST']);
    expect(world.to(RUNA).at(-1)?.text).not.toContain('Tell my guests');
  });

  it('I6 given a move before, then the invitation has the new time and its SEQUENCE, and is the first word', async () => {
    const world = await post();
    await world.now(asked(), ...accept, ...moved);
    expect(world.to(KARI)).toEqual([]);
    expect(world.to(RUNA).at(-1)?.text).toContain(LINK);
    await world.now(command.verifyMailbox());
    expect(methodsTo(world, KARI)).toEqual(['REQUEST']);
    expect(world.ics(world.to(KARI)[0])).toMatch(
      /SEQUENCE:1[^]*DTSTART[^\n]*T160000Z|DTSTART[^\n]*T160000Z[^]*SEQUENCE:1/,
    );
  });

  it('given a move and an end afterwards, then who was invited hears of both', async () => {
    const world = await post();
    await world.now(asked(), ...accept, command.verifyMailbox());
    await world.now(...moved);
    await world.now(command.cancel('host'));
    expect(methodsTo(world, KARI)).toEqual(['REQUEST', 'REQUEST', 'CANCEL']);
  });

  it('I4 given the end comes first, then they never hear of it, nor can anybody have them told', async () => {
    const world = await post();
    await world.now(asked(), ...accept);
    await world.now(command.cancel('guest'));
    expect(world.to(KARI)).toEqual([]);
    expect(methodsTo(world, RUNA)).toEqual(['REQUEST', 'CANCEL']);
    await expect(world.now(command.verifyMailbox())).rejects.toThrow();
    expect(world.to(KARI)).toEqual([]);
  });

  it('I4 given an invitation that is on its way when the booking ends, then CANCEL follows it', async () => {
    const world = await post();
    await world.now(asked(), ...accept);
    const deliver = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    world.holding.until = deliver.promise;
    world.holding.begun = begun.resolve;
    await world.happened(command.verifyMailbox());
    await begun.promise;
    await world.happened(command.cancel('host'));
    deliver.resolve();
    await world.idle();
    expect(methodsTo(world, KARI)).toEqual(['REQUEST', 'CANCEL']);
  });

  it('given no page to open, then the mail says that the guests are not told by us', async () => {
    const world = await post({ tellGuests: () => null });
    await world.now(asked(), ...accept);
    expect(world.sent[0]?.text).toContain('We do not write to your guests: please tell them yourself.');
    expect(world.sent[0]?.text).not.toContain('Tell my guests');
  });

  it('given anybody else asked, or an older log, then guests are told with the confirmation, as before', async () => {
    const world = await post();
    await world.now(command.request({ guests: [KARI] }), ...accept);
    expect(methodsTo(world, KARI)).toEqual(['REQUEST']);
    expect(world.to(RUNA)[0]?.text).not.toContain('Tell my guests');
  });
});
