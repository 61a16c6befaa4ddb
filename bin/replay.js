import '../src/adapters/threads/strip-types.js';

// Not a plain re-export: that would load the sources before the hook that reads them is there.
export const { decodeStream, foldStream, openLog } = await import('../src/replay/index.ts');
