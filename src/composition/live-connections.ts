import type { LocalCalendars } from '../adapters/calendars/local/local-calendars.ts';
import { fingerprintOf, isSame } from '../adapters/configuration/compare-configurations.ts';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import type { Calendar } from '../application/ports/calendar.ts';
import type { Clock } from '../application/ports/clock-and-ids.ts';
import type { Mailer } from '../application/ports/delivery.ts';
import type { Report } from '../application/saga/effect-context.ts';
import { type ConnectedCalendars, openCalendars, openMail, zoneOf } from './connect-providers.ts';

type Deps = {
  readonly local: LocalCalendars;
  readonly clock: Clock;
  readonly allowPrivateAddresses: boolean;
  readonly dataFolder: string;
  readonly report: Report;
};

/** Milliseconds beside a call's own time limit until what it may still use is closed. */
const RETIRE_AFTER_MS = 5_000;

/** Calendars and mail server, which a reload replaces while calls to them are under way. */
export type LiveConnections = {
  readonly calendars: () => ReadonlyMap<string, Calendar>;
  readonly mailer: Mailer;
  /** Opens what is new or has changed; what has not keeps its connections. Answers the calendars that are new or changed. */
  readonly reload: (to: Configuration) => Promise<ReadonlySet<string>>;
  readonly close: () => Promise<void>;
};

/** A call that has begun goes on with the connection that it began with: that is closed when no call can be left. */
export const openConnections = async (
  deps: Deps,
  first: Configuration,
  givenMailer: Mailer | null,
): Promise<LiveConnections> => {
  const { clock, report } = deps;
  const opened = new Map<ConnectedCalendars, Set<string>>();
  let configuration = first;
  const initial = await openCalendars({ ...deps, configuration });
  opened.set(initial, new Set(initial.calendars.keys()));
  let calendars = new Map(initial.calendars);
  let mailer = givenMailer ?? (await openMail(configuration, deps.dataFolder, clock));
  const retiring = new Map<() => Promise<void>, () => void>();

  const retire = (close: () => Promise<void>, afterMs: number): void => {
    const cancel = clock.at(clock.now() + afterMs, () => {
      retiring.delete(close);
      close().catch((fault: unknown) => report({ where: 'closing what a reload replaced', reason: String(fault) }));
    });
    retiring.set(close, cancel);
  };

  const settingsIn = (of: Configuration): ReadonlyMap<string, string> =>
    new Map(of.calendars.map((one) => [one.id, fingerprintOf([one, zoneOf(of, one.id)])]));

  const reload: LiveConnections['reload'] = async (to) => {
    const [before, after] = [settingsIn(configuration), settingsIn(to)];
    const changed = new Set([...after.keys()].filter((id) => before.get(id) !== after.get(id)));
    const fresh = await openCalendars({
      ...deps,
      configuration: { ...to, calendars: to.calendars.filter(({ id }) => changed.has(id)) },
    });
    const mail =
      givenMailer !== null || isSame(configuration.mail, to.mail) ? mailer : await openMail(to, deps.dataFolder, clock);
    // From here on nothing can fail.
    const { calendarTimeLimitMs, mailTimeLimitMs } = configuration.timings;
    for (const [connected, ids] of opened) {
      for (const id of ids) if (changed.has(id) || !after.has(id)) ids.delete(id);
      if (ids.size > 0) continue;
      opened.delete(connected);
      retire(connected.close, calendarTimeLimitMs + RETIRE_AFTER_MS);
    }
    opened.set(fresh, new Set(changed));
    calendars = new Map([...calendars].filter(([id]) => after.has(id)).concat([...fresh.calendars]));
    if (mail !== mailer) retire(mailer.close, mailTimeLimitMs + RETIRE_AFTER_MS);
    mailer = mail;
    configuration = to;
    return changed;
  };

  return {
    calendars: () => calendars,
    mailer: {
      transport: mailer.transport,
      send: (mail, signal) => mailer.send(mail, signal),
      remove: async (messageIds) => (await mailer.remove?.(messageIds)) ?? 0,
      close: () => mailer.close(),
    },
    reload,
    close: async () => {
      for (const cancel of retiring.values()) cancel();
      await Promise.all([
        ...[...opened.keys()].map((connected) => connected.close()),
        ...[...retiring.keys()].map((close) => close()),
        mailer.close(),
      ]);
    },
  };
};
