import ipaddr from 'ipaddr.js';
import type { Clock } from '../../application/ports/clock-and-ids.ts';

/** Milliseconds of one window; a subject's count begins anew with its first request after the window. */
const RATE_WINDOW_MS = 60_000;
/** Subjects counted at once. Beyond it the longest known is forgotten, so memory stays bounded. */
const MAX_RATE_SUBJECTS = 50_000;

/** `resetSeconds`: time left until the count begins anew. */
export type RateVerdict = {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
};

type Window = { count: number; readonly endsAt: number };

/** Counts of subjects in fixed windows, at most `capacity` of them: the one whose window is the oldest is forgotten first. */
export const makeWindows = (windowMs: number, clock: Pick<Clock, 'elapsed'>, capacity = MAX_RATE_SUBJECTS) => {
  const windows = new Map<string, Window>();
  const present = (subject: string): Window => {
    const now = clock.elapsed();
    const known = windows.get(subject);
    if (known !== undefined && now < known.endsAt) return known;
    windows.delete(subject);
    const fresh = { count: 0, endsAt: now + windowMs };
    windows.set(subject, fresh);
    const [oldest] = windows.keys();
    if (windows.size > capacity && oldest !== undefined) windows.delete(oldest);
    return fresh;
  };
  return {
    /** What the subject has used in its window, which this does not begin. */
    used: (subject: string): number => {
      const known = windows.get(subject);
      return known !== undefined && clock.elapsed() < known.endsAt ? known.count : 0;
    },
    /** Adds to the count and answers it; a window that is over begins anew. Never below nought. */
    add: (subject: string, cost: number): number => {
      const window = present(subject);
      window.count = Math.max(0, window.count + cost);
      return window.count;
    },
    /** Seconds until the subject's count begins anew; nought where it has none. */
    resetSeconds: (subject: string): number =>
      Math.max(0, Math.ceil(((windows.get(subject)?.endsAt ?? 0) - clock.elapsed()) / 1000)),
  };
};

/** Windows of a minute, one per subject (a key or an address). */
export const makeRateLimit = (
  limit: number,
  clock: Pick<Clock, 'elapsed'>,
  capacity = MAX_RATE_SUBJECTS,
): ((subject: string) => RateVerdict) => {
  const windows = makeWindows(RATE_WINDOW_MS, clock, capacity);
  return (subject) => {
    const count = windows.add(subject, 1);
    const remaining = Math.max(0, limit - count);
    return { allowed: count <= limit, limit, remaining, resetSeconds: windows.resetSeconds(subject) };
  };
};

/** Whom an address counts as: IPv6 users have a /64 each (RFC 6177), so that is one subject. */
export const addressSubject = (address: string): string => {
  if (!address.includes(':')) return `ip:${address}`;
  if (address.startsWith('::ffff:')) return `ip:${address.slice('::ffff:'.length)}`;
  return ipaddr.isValid(address) ? `ip:${ipaddr.parse(address).toByteArray().slice(0, 8).join('.')}` : `ip:${address}`;
};
