import { contractUnder, mostly, onAppend } from './disturbed-engine.ts';

/** The refusal ends the call that all appends share; the client goes where it points. */
contractUnder('not leader', 3, {
  write: mostly([onAppend((standIn) => ({ kind: 'not-leader', port: standIn.leaderPort() }))]),
});
