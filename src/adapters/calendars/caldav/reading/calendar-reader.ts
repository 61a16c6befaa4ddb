import { createReadingThread } from './reading-thread.ts';
import { CPU_LIMITS, type CpuLimits } from './run-job.ts';
import type { ReadingJob, ReadingResult } from './reading-job.ts';

/** How long a calendar that held the thread up stays with others of its kind, in milliseconds. */
const APART_MS = 3_600_000;
/** Tries at one answer: each knows one slow object more, and is less patient with the others. */
const OBJECT_LIMITS_MS = [250, 50, 20, 10, 5, 2] as const;
/** Slow objects that are remembered for a calendar. */
const MAX_SLOW = 1_000;

export type Answer = Omit<ReadingJob, 'tooSlow' | 'objectLimitMs'>;

/**
 * Reads the answers of all CalDAV calendars off the event loop. One calendar cannot hold up another for longer than the
 * limit of one answer: one that overran it is read in a thread apart, together with others that did, for an hour, and the
 * object at fault is remembered until it changes.
 */
export type CalendarReader = {
  readonly read: (answer: Answer, signal: AbortSignal) => Promise<ReadingResult | { readonly type: 'called-off' }>;
  /** Whether objects of this calendar are kept, so that asking for their ETags alone is worth it. */
  readonly keeps: (calendar: string) => boolean;
  readonly close: () => Promise<void>;
};

export const createCalendarReader = (limits: CpuLimits = CPU_LIMITS): CalendarReader => {
  const lane = () => {
    const kept = new Set<string>();
    return { kept, thread: createReadingThread(() => kept.clear(), limits) };
  };
  const ordinary = lane();
  const apart = lane();
  const apartUntil = new Map<string, number>();
  const slow = new Map<string, Set<string>>();

  const laneOf = (calendar: string) => {
    if ((apartUntil.get(calendar) ?? 0) > performance.now()) return apart;
    apartUntil.delete(calendar);
    return ordinary;
  };
  const remember = (calendar: string, versions: ReadonlyArray<string>): void => {
    if (versions.length === 0) return;
    const known = slow.get(calendar) ?? new Set<string>();
    for (const version of versions) known.add(version);
    for (const oldest of known) {
      if (known.size <= MAX_SLOW) break;
      known.delete(oldest);
    }
    slow.set(calendar, known);
  };

  return {
    keeps: (calendar) => laneOf(calendar).kept.has(calendar),
    read: async (answer, signal) => {
      const { calendar } = answer;
      for (const objectLimitMs of OBJECT_LIMITS_MS) {
        const { thread, kept } = laneOf(calendar);
        const outcome = await thread.run(
          { ...answer, objectLimitMs, tooSlow: [...(slow.get(calendar) ?? [])] },
          signal,
        );
        switch (outcome.type) {
          case 'called-off':
            return outcome;
          case 'lost':
            apartUntil.set(calendar, performance.now() + APART_MS);
            return { type: 'refused', reason: outcome.reason };
          case 'overrun':
            apartUntil.set(calendar, performance.now() + APART_MS);
            remember(calendar, outcome.blamed);
            break;
          case 'done':
            if (outcome.result.type === 'read') {
              kept.add(calendar);
              remember(calendar, outcome.result.tooSlow);
            }
            return outcome.result;
        }
      }
      return { type: 'refused', reason: 'its events take too long to work out' };
    },
    close: async () => {
      await Promise.all([ordinary.thread.close(), apart.thread.close()]);
    },
  };
};
