import { calm, contractUnder, onAppend } from './disturbed-engine.ts';

/** Milliseconds; enough for the answers of later appends to come first. */
const LATE = 12;

contractUnder('reorder: answers of appends in flight overtake each other', 1, {
  write: [calm, onAppend((_, random) => ({ kind: 'delay', ms: Math.ceil(random() * LATE) }))],
});
