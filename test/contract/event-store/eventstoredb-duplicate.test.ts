import { calm, contractUnder, onAppend } from './disturbed-engine.ts';

contractUnder('duplicate: requests that arrive twice', 1, { write: [calm, onAppend({ kind: 'duplicate' })] });
