import { noBooking } from '../domain/booking/booking-state.ts';
import { decide } from '../domain/booking/decide.ts';
import { evolve } from '../domain/booking/evolve.ts';
import { decideSchedule } from '../domain/schedule/decide.ts';
import { emptySchedule, evolveSchedule } from '../domain/schedule/schedule-state.ts';
import { givenFor } from './given.ts';

/** Past events of one booking. */
export const given = givenFor({ initial: noBooking, evolve, decide });

/** Past events of one host's schedule. */
export const givenSchedule = givenFor({ initial: emptySchedule, evolve: evolveSchedule, decide: decideSchedule });
