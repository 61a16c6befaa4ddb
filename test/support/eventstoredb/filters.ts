import type { Streams } from './generated.ts';
import type { LogEvent } from './log.ts';

export type EventFilter = {
  readonly matches: (event: LogEvent) => boolean;
  /** Events scanned between two checkpoints. */
  readonly checkpointEvery: number;
};

/** Events; the server's page, used when a client asks for no window of its own. Server `Enumerators.ReadBatchSize`. */
const DEFAULT_SEARCH_WINDOW = 32;

type FilterOptions = Streams.ReadReq.Options.FilterOptions;

/** One kind of filter: by stream name or by type, by a regex or by prefixes. Server `Streams.Read.cs`, `ConvertToEventFilter`. */
export const eventFilter = (options: FilterOptions): EventFilter => {
  const byStream = options.getStreamIdentifier();
  const expression = byStream ?? options.getEventType();
  const prefixes = expression?.getPrefixList() ?? [];
  const regex = expression?.getRegex() ? new RegExp(expression.getRegex(), 'u') : undefined;
  const window = options.hasMax() ? options.getMax() : DEFAULT_SEARCH_WINDOW;
  return {
    matches: (event) => {
      const text = byStream === undefined ? event.type : event.stream;
      return regex === undefined ? prefixes.some((prefix) => text.startsWith(prefix)) : regex.test(text);
    },
    checkpointEvery: window * Math.max(1, options.getCheckpointintervalmultiplier()),
  };
};
