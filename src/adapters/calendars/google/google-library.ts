import type { calendar_v3 } from 'googleapis/build/src/apis/calendar/index.js';

/**
 * Loaded at the first call, and only the calendar's part: the whole library costs seconds and over 100 MB, this part
 * about 0.1 s and 30 MB. The runtime keeps the module, so later calls cost nothing.
 */
export const loadGoogle = () => import('googleapis/build/src/apis/calendar/index.js');

export type GoogleLibrary = Awaited<ReturnType<typeof loadGoogle>>;
export type GoogleApi = calendar_v3.Calendar;
export type GoogleEvent = calendar_v3.Schema$Event;
export type GoogleEventTime = calendar_v3.Schema$EventDateTime;
