import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { makeLogVerifier } from '../../../src/application/audit/log-verifier.ts';
import type { LoggedEvent } from '../../../src/domain/log/decode.ts';
import { rulesOf } from '../../../src/domain/rules/decision-facts.ts';
import { cancelled, instant, requested, slotHeld, slotReleased, type Time } from '../../../src/testing/index.ts';
import { sealed } from '../../support/booking-history.ts';
import { odd } from '../../support/hosts.ts';

type Streams = Readonly<Record<string, ReadonlyArray<LoggedEvent>>>;

const findings = (streams: Streams): ReadonlyArray<string> => {
  const verifier = makeLogVerifier(sha256Hex);
  let position = 0;
  const found = Object.entries(streams).flatMap(([stream, events]) =>
    sealed(stream, events).flatMap((event, revision) => {
      position += 1;
      return verifier.add({ ...event, stream, revision, position });
    }),
  );
  return [...found, ...verifier.end()].map(({ kind, stream, revision, reason }) => {
    return `${kind} ${stream} ${revision}: ${reason}`;
  });
};

const rules = rulesOf(sha256Hex, odd);
const others = rulesOf(sha256Hex, { ...odd, weeklyHours: [] });
const noted = ({ digest, rules: of }: typeof rules): LoggedEvent => ({
  type: 'HostRulesChanged',
  occurredAt: instant('09:00'),
  data: { digest, rules: of },
});
const by = ({ digest }: typeof rules) => ({ decidedBy: { rules: digest, calendars: [], busy: [] } });

/** A booking that was granted by rules, and cancelled. */
const granted = (facts: ReturnType<typeof by>, until: Time = '12:00'): Streams => {
  const held = slotHeld('booking1', '14:00', '14:30');
  return {
    'schedule-odd': [
      { ...held, data: { ...held.data, ...facts } },
      slotReleased('booking1', 'cancelled', { at: until }),
    ],
    'booking-booking1': [requested(), cancelled('guest', { at: until })],
  };
};
const competing = requested({ approval: { deadline: '13:00', holdsSlot: false } });
const asked = { ...competing, data: { ...competing.data, ...by(rules) } };
const reason = 'its time was granted by rules of host odd that the log does not have';

describe('whether the rules by which times were granted are in the log', () => {
  it('given rules that the stream of the host has, then nothing is found', () => {
    expect(findings({ 'rules-odd': [noted(others), noted(rules)], ...granted(by(rules)) })).toEqual([]);
  });

  it('given rules that it does not have, then the first event that names them is named', () => {
    expect(findings({ 'rules-odd': [noted(others)], ...granted(by(rules)) })).toEqual([
      `no-rules schedule-odd 0: ${reason}`,
    ]);
  });

  it('given a request that holds no time, then its rules are looked for too', () => {
    const until = cancelled('guest', { at: '12:00' });
    expect(findings({ 'rules-odd': [noted(others)], 'booking-booking1': [asked, until] })).toEqual([
      `no-rules booking-booking1 0: ${reason}`,
    ]);
  });

  it('given a log without any rules of the host, then it is named as well', () => {
    for (const log of [granted(by(rules)), { 'rules-eva': [noted(rules)], ...granted(by(rules)) }])
      expect(findings(log)).toEqual([`no-rules schedule-odd 0: ${reason}`]);
  });

  it('given a log that ends before they are due, then nothing is found', () => {
    expect(findings({ 'rules-odd': [noted(others)], ...granted(by(rules), '10:59') })).toEqual([]);
  });

  it('given rules that cannot be read, then that is said, and no more', () => {
    const broken: LoggedEvent = { ...noted(others), type: 'SlotConfirmed', data: { bookingUid: 'booking1' } };
    expect(findings({ 'rules-odd': [broken], ...granted(by(rules)) })).toEqual([
      expect.stringMatching(/^unreadable rules-odd 0/),
    ]);
  });
});
