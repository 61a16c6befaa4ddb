import * as E from 'fp-ts/lib/Either.js';
import type { CalendarPush, CalendarWatch, OpenChannel } from '../ports/calendar.ts';
import type { Clock, Identity } from '../ports/clock-and-ids.ts';
import type { Report } from '../saga/effect-context.ts';

/** Milliseconds that a channel is asked for: after a kill nobody stops it, and that long it is told of in vain. */
const LASTS_MS = 24 * 3_600_000;
/** The part of its time that is left when a channel is renewed. */
const RENEWED_AT = 1 / 8;
/** Milliseconds after a refusal until a channel is asked for again. */
const AGAIN_MS = 3_600_000;
/** Milliseconds for stopping all channels at the end of the process. */
const STOP_MS = 2_000;

type Channel = {
  readonly calendarId: string;
  readonly push: CalendarPush;
  /** As the provider knows it; null: it has not answered yet, and may already send. */
  open: OpenChannel | null;
  renewMs: number;
};

/** What a channel's token says, signed: whoever holds the secret knows a word on it for what it is, whichever node it reaches. */
export type ChannelClaim = { readonly channelId: string; readonly calendarId: string; readonly untilMs: number };

export type ChannelTokens = {
  readonly issue: (claim: ChannelClaim) => string;
  /** Null: not of ours. Takes as long for every token of one length. */
  readonly verify: (channelId: string, token: string) => ChannelClaim | null;
};

/** `address`: where the provider reaches this server; null: it does not. */
export type PushDeps = {
  readonly clock: Pick<Clock, 'now'>;
  readonly identity: Pick<Identity, 'newCommandId'>;
  readonly report: Report;
  readonly address: () => string | null;
  readonly tokens: ChannelTokens;
};

/** Channels on which calendars tell of changes by themselves. Nothing of it throws; without them calendars are asked. */
export type PushChannels = {
  /** Opens one where there is none, and renews one that ends soon. */
  readonly keep: (calendarId: string, watch: CalendarWatch, signal: AbortSignal) => Promise<void>;
  readonly drop: (calendarId: string) => void;
  /** The calendar of a channel that any node of ours opened, now or before a restart; null: none, it has ended, or another token. */
  readonly calendarOf: (channelId: string, token: string) => string | null;
  readonly stop: () => Promise<void>;
};

/**
 * One channel for each calendar whose provider has them, where it can reach this server. Ids and tokens are random, and kept
 * in memory alone: after a start there are others.
 */
export const makePushChannels = ({ clock, identity, report, address, tokens }: PushDeps): PushChannels => {
  const channels = new Map<string, Channel>();
  /** Calendars whose provider refused a channel, and until when it is not asked again. */
  const refused = new Map<string, number>();
  const closing = new Set<Promise<void>>();

  const idOf = (calendarId: string): string | null =>
    [...channels].find(([, channel]) => channel.calendarId === calendarId)?.[0] ?? null;

  /** What is said on it from now on is that of a stranger. A failure costs nothing: it ends by itself. */
  const close = (channelId: string): void => {
    const channel = channels.get(channelId);
    channels.delete(channelId);
    if (channel === undefined || channel.open === null) return;
    const closed = channel.push
      .close(channel.open, AbortSignal.timeout(STOP_MS))()
      .then(() => void closing.delete(closed));
    closing.add(closed);
  };

  const open = async (calendarId: string, push: CalendarPush, at: string, signal: AbortSignal): Promise<void> => {
    const before = idOf(calendarId);
    const id = identity.newCommandId();
    const asked = clock.now();
    const token = tokens.issue({ channelId: id, calendarId, untilMs: asked + LASTS_MS });
    const channel: Channel = { calendarId, push, open: null, renewMs: Number.POSITIVE_INFINITY };
    // The provider may send before it has answered.
    channels.set(id, channel);
    const opened = await push.open({ id, token, address: at, untilMs: asked + LASTS_MS }, signal)();
    if (E.isLeft(opened)) {
      channels.delete(id);
      if (!refused.has(calendarId) && !signal.aborted)
        report({ where: `calendar ${calendarId}`, reason: `it cannot tell of changes: ${opened.left.message}` });
      refused.set(calendarId, clock.now() + AGAIN_MS);
      return;
    }
    refused.delete(calendarId);
    channel.open = opened.right;
    channel.renewMs = opened.right.untilMs - (opened.right.untilMs - asked) * RENEWED_AT;
    if (before !== null) close(before);
  };

  return {
    keep: async (calendarId, { push }, signal) => {
      const at = address();
      const known = channels.get(idOf(calendarId) ?? '');
      if (push === undefined || at === null) {
        for (const [id, channel] of channels) if (channel.calendarId === calendarId) close(id);
        return;
      }
      // A reload may have connected another calendar under the same name.
      const isGood = known?.push === push && clock.now() < known.renewMs;
      if (isGood || signal.aborted || clock.now() < (refused.get(calendarId) ?? 0)) return;
      await open(calendarId, push, at, signal);
    },
    drop: (calendarId) => {
      for (const [id, channel] of channels) if (channel.calendarId === calendarId) close(id);
    },
    calendarOf: (channelId, token) => {
      const claim = tokens.verify(channelId, token);
      return claim !== null && clock.now() <= claim.untilMs ? claim.calendarId : null;
    },
    stop: async () => {
      for (const id of channels.keys()) close(id);
      await Promise.all(closing);
    },
  };
};
