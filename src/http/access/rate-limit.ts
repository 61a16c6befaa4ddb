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

/** Fixed windows of a minute, one per subject (a key or an address). */
export const makeRateLimit = (
  limit: number,
  clock: Pick<Clock, 'elapsed'>,
  capacity = MAX_RATE_SUBJECTS,
): ((subject: string) => RateVerdict) => {
  const windows = new Map<string, Window>();

  const present = (subject: string, now: number): Window => {
    const known = windows.get(subject);
    if (known !== undefined && now < known.endsAt) return known;
    windows.delete(subject);
    const fresh = { count: 0, endsAt: now + RATE_WINDOW_MS };
    windows.set(subject, fresh);
    if (windows.size > capacity) for (const oldest of windows.keys()) return forget(oldest, fresh);
    return fresh;
  };
  const forget = (subject: string, kept: Window): Window => {
    windows.delete(subject);
    return kept;
  };

  return (subject) => {
    const now = clock.elapsed();
    const window = present(subject, now);
    window.count += 1;
    return {
      allowed: window.count <= limit,
      limit,
      remaining: Math.max(0, limit - window.count),
      resetSeconds: Math.ceil((window.endsAt - now) / 1000),
    };
  };
};

/** Whom an address counts as: IPv6 users have a /64 each (RFC 6177), so that is one subject. */
export const addressSubject = (address: string): string => {
  if (!address.includes(':')) return `ip:${address}`;
  if (address.startsWith('::ffff:')) return `ip:${address.slice('::ffff:'.length)}`;
  return ipaddr.isValid(address) ? `ip:${ipaddr.parse(address).toByteArray().slice(0, 8).join('.')}` : `ip:${address}`;
};
