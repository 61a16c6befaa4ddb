import { contractUnder, mostly, onAppend } from './disturbed-engine.ts';

/** The server wrote, or did not, and never answers; or says itself that it took too long. */
contractUnder('timeout after commit', 1, {
  write: mostly([
    onAppend({ kind: 'commit-and-forget' }),
    onAppend({ kind: 'answer-never' }),
    onAppend({ kind: 'refuse', as: 'timeout' }),
  ]),
});
