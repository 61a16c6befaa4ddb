import type { Terminal } from '../../src/cli/terminal.ts';

export type RecordingTerminal = Terminal & {
  readonly written: { readonly out: ReadonlyArray<string>; readonly err: ReadonlyArray<string> };
};

/** A terminal that nobody watches: plain text, kept line by line. */
export const recordingTerminal = (): RecordingTerminal => {
  const written = { out: [] as string[], err: [] as string[] };
  return {
    written,
    out: (line) => void written.out.push(line),
    err: (line) => void written.err.push(line),
    drained: () => Promise.resolve(),
    paint: (_style, text) => text,
    live: null,
  };
};
