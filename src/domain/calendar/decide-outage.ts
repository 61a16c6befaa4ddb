import { toEpochMs, toInstant } from '../time/time.ts';
import type { CalendarFailure, FailureKind } from './calendar-failure.ts';
import type { CalendarState } from './calendar-state.ts';
import type { CalendarStreamEvent, Outage } from './events.ts';

/**
 * What came of trying a calendar. `failure` null: it could be read. `since`: epoch milliseconds at which the first of the
 * tries failed that have all failed since, as far as this process knows. `alertAfterMs`: how long an outage may last before
 * it is told.
 */
export type NoteTry = {
  readonly type: 'NoteTry';
  readonly failure: Pick<CalendarFailure, 'kind' | 'message'> | null;
  readonly since: number;
  readonly alertAfterMs: number;
};

/** Longest text that is kept of what a calendar said. */
const LONGEST_MESSAGE = 500;

/** Waiting does not help: somebody has to renew the credential. */
const isCredential = (kind: FailureKind): boolean =>
  kind === 'auth-revoked' || kind === 'auth-expired' || kind === 'no-credential';

const failing = (
  { outage: known }: CalendarState,
  { kind, message }: NonNullable<NoteTry['failure']>,
  { since, alertAfterMs, now }: NoteTry & { readonly now: number },
): ReadonlyArray<CalendarStreamEvent> => {
  const occurredAt = toInstant(now);
  // What the log knows is older than what a process remembers that has started since.
  const data: Outage = {
    since: known?.since ?? toInstant(Math.min(since, now)),
    kind,
    message: message.slice(0, LONGEST_MESSAGE),
  };
  const begun = known === null ? [{ type: 'CalendarReadingFailed', occurredAt, data } as const] : [];
  if (isCredential(kind))
    return known?.credential === true ? [] : [...begun, { type: 'CalendarCredentialRefused', occurredAt, data }];
  const isToldAlready = known !== null && known.toldAt !== null;
  return isToldAlready || now - toEpochMs(data.since) < alertAfterMs
    ? begun
    : [...begun, { type: 'CalendarUnreadable', occurredAt, data }];
};

/**
 * An outage begins, is told once when it lasts, and ends. A refused credential is told at once, and once; where the outage
 * was told before for another reason, it is told as well, since something else has to be done.
 */
export const noteTry = (
  calendar: CalendarState,
  command: NoteTry & { readonly now: number },
): ReadonlyArray<CalendarStreamEvent> => {
  if (command.failure !== null) return failing(calendar, command.failure, command);
  const { outage } = calendar;
  return outage === null
    ? []
    : [
        {
          type: 'CalendarReadableAgain',
          occurredAt: toInstant(command.now),
          data: { unreadableSince: outage.since, told: outage.toldAt !== null },
        },
      ];
};
