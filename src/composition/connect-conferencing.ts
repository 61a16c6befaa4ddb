import { makeJitsi, timeLimited } from '../adapters/conferencing/jitsi.ts';
import { type ServerSecret, deriveKey } from '../adapters/identity/server-secret.ts';
import type { Configuration } from '../adapters/configuration/configuration.ts';
import type { Conferencing } from '../application/ports/conferencing.ts';

/** The configured video providers by name. Google Meet is none of them: its rooms come with the calendar event. */
export const openConferencing = (
  { conferencing, timings }: Configuration,
  secret: ServerSecret,
): ReadonlyMap<string, Conferencing> => {
  if (conferencing.jitsi === null) return new Map();
  const jitsi = makeJitsi({ baseUrl: conferencing.jitsi.baseUrl, roomKey: deriveKey(secret, 'jitsi-room') });
  return new Map([[jitsi.provider, timeLimited(jitsi, timings.conferencingTimeLimitMs)]]);
};
