import * as E from 'fp-ts/lib/Either.js';
import type { Effect } from '../../domain/saga/effect.ts';
import { notConnected } from '../calendars/host-calendars.ts';
import { ownEventOf } from './calendar-event.ts';
import {
  type EffectContext,
  type EffectOutcome,
  type SagaDeps,
  outcomeOf,
  runCommand,
  timed,
  timing,
} from './effect-context.ts';

type Removal = Extract<Effect, { readonly type: 'RemoveFromCalendar' }>;

/** Takes the event of a booking that is not live out of one calendar, found by our own id whether we know its or not. */
export const runRemoval =
  (deps: SagaDeps) =>
  async (context: EffectContext, { calendarId, attempt }: Removal): Promise<EffectOutcome> => {
    const calendar = deps.calendars.get(calendarId);
    const sync = context.booking.calendars.find((one) => one.calendarId === calendarId);
    const own = ownEventOf(context.uid, context.booking, sync);
    const { answer: removed, ...took } = await timed(deps, async () =>
      calendar === undefined ? E.left(notConnected) : calendar.remove(own, context.signal)(),
    );
    if (E.isLeft(removed) && context.signal.aborted) return 'done';
    const recorded = E.isLeft(removed)
      ? await runCommand(deps)(context, {
          type: 'RecordRemovalFailure',
          calendarId,
          attempt,
          failure: removed.left,
          ...took,
          ...timing(deps),
        })
      : await runCommand(deps)(context, {
          type: 'RecordRemoval',
          calendarId,
          attempt,
          outcome: removed.right,
          ...took,
          now: deps.clock.now(),
        });
    return outcomeOf(recorded);
  };
