import type { BookingStatus } from './booking-state.ts';

/** Why a command on a booking was refused. Nothing was changed. */
export type BookingRejection =
  | { readonly type: 'UnknownBooking' }
  | { readonly type: 'AlreadyRequested' }
  | { readonly type: 'AlreadyEnded'; readonly endedAt: string }
  | { readonly type: 'NotPending'; readonly status: BookingStatus }
  | { readonly type: 'NotLive'; readonly status: BookingStatus }
  | { readonly type: 'NotCancellable' }
  | { readonly type: 'ReasonRequired' }
  /** Another node carries the effect out, until this UTC instant unless it is done before. */
  | { readonly type: 'LeasedElsewhere'; readonly node: string; readonly until: string }
  /** The saga asked for what the facts do not allow: a fault of ours, kept from doing harm. */
  | { readonly type: 'NotJustified'; readonly detail: string };
