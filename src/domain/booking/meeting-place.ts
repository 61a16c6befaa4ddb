import type { Booked } from './booking-state.ts';

/** `place`: where in words, null where nothing was said. `link`: a video link that exists, never one that may come. */
export type MeetingPlace = {
  readonly place: string | null;
  readonly link: string | null;
  readonly isFallback: boolean;
};

/** Where the meeting takes place, as far as the log knows it. */
export const meetingPlace = ({
  request,
  room,
  calendars,
}: Pick<Booked, 'request' | 'room' | 'calendars'>): MeetingPlace => {
  const place = request.location ?? request.personal.location;
  if (room.status === 'ready') return { place, link: room.url, isFallback: room.fallback };
  const links = calendars.flatMap((sync) =>
    sync.status === 'held' && sync.meetingUrl !== null ? [sync.meetingUrl] : [],
  );
  return { place, link: links[0] ?? null, isFallback: false };
};
