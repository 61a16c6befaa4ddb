import { expect, vi } from 'vitest';
import { ABANDONED_AFTER_MS } from '../../src/application/commands/abandoned-hold-cleanup.ts';
import { SUBSCRIPTION } from '../crash/world-configuration.ts';
import type { Violations } from '../support/log-checks.ts';
import { audited, bookingsIn, checkLog } from '../support/log-checks.ts';
import { copiesOf, triggersIn, wrongInMails, wrongInWebhooks } from '../support/log-checks-messages.ts';
import { wrongInCalendars } from '../support/log-checks-outside.ts';
import { unfinished } from '../support/log-checks-quiet.ts';
import type { Installation } from './installation.ts';

/** A hold whose request never came is given up after a minute. */
const quiet = { timeout: ABANDONED_AFTER_MS + 40_000, interval: 100 };

/** Waits until the log says that nothing is left to be done. */
export const settled = async ({ log }: Installation): Promise<void> => {
  await vi.waitFor(async () => expect(unfinished(await log(), SUBSCRIPTION)).toEqual([]), quiet);
};

/** I1 to I6 and I8, by the log, the calendars, the mailbox and the subscriber. */
export const everythingWrong = async ({ log, held, mails, webhooks }: Installation): Promise<Violations> => {
  const left = await log();
  return [
    ...checkLog(left),
    ...audited(left),
    ...wrongInCalendars(left, await held()),
    ...wrongInMails(left, await mails()),
    ...wrongInWebhooks(left, webhooks.received),
  ];
};

const wrongNumber = (what: string, wanted: number, came: number): Violations =>
  came === wanted ? [] : [`${came} ${what} in place of ${wanted}`];

/** What may happen after a crash must not happen without one: a mail or a webhook that comes twice. */
export const cameTwice = async ({ log, mails, webhooks }: Installation): Promise<Violations> => {
  const deliveries = bookingsIn(await log()).flatMap(triggersIn).length;
  return [
    ...wrongNumber('copies of mails', 0, copiesOf(await mails()).extra),
    ...wrongNumber('webhooks', deliveries, webhooks.received.length),
  ];
};
