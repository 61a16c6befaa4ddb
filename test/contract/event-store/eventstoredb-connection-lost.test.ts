import { calm, contractUnder, mostly, type Disturbance, onAppend } from './disturbed-engine.ts';

const closing =
  (operation: 'read' | 'subscribe', events: number, as: 'unavailable' | 'cancelled'): Disturbance =>
  (standIn) =>
    standIn.faults.next(operation, { kind: 'close-after', events, as });

/** Before or after the server wrote, in the middle of reads and of subscriptions. */
contractUnder('connection lost', 1, {
  write: mostly([onAppend({ kind: 'commit-and-cut' }), onAppend({ kind: 'cut' })]),
  read: [calm, closing('read', 1, 'unavailable'), closing('read', 0, 'cancelled')],
  subscribe: [calm, closing('subscribe', 3, 'unavailable'), closing('subscribe', 0, 'cancelled')],
});
