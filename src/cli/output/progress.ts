import type { Terminal } from '../cli-context.ts';

/** `done` of `total`, both in events. Call it as often as you like. */
export type ProgressBar = { readonly at: (done: number, total: number) => void; readonly end: () => void };

/** Lines where nobody watches: one each time another tenth is done. */
const lines = (terminal: Terminal, what: string): ProgressBar => {
  let tenths = 0;
  return {
    at: (done, total) => {
      const reached = total === 0 ? 10 : Math.floor((done * 10) / total);
      if (reached <= tenths) return;
      tenths = reached;
      terminal.err(`${what}: ${reached * 10} % (${done} of ${total})`);
    },
    end: () => undefined,
  };
};

/** For one thing after another: end one before the next is begun. A bar on a terminal, lines otherwise. */
export const progressMaker = async (terminal: Terminal): Promise<(what: string) => ProgressBar> => {
  const { live } = terminal;
  if (live === null) return (what) => lines(terminal, what);
  const { SingleBar } = (await import('cli-progress')).default;
  return (what) => {
    const bar = new SingleBar({
      stream: live,
      format: `${what} [{bar}] {percentage} % ({value} of {total}, {eta_formatted} left)`,
      hideCursor: true,
      clearOnComplete: true,
    });
    bar.start(1, 0);
    return {
      at: (done, total) => {
        bar.setTotal(Math.max(1, total));
        bar.update(done);
      },
      end: () => bar.stop(),
    };
  };
};

/** On standard error, so that results can be piped. */
export const startProgress = async (terminal: Terminal, what: string): Promise<ProgressBar> =>
  (await progressMaker(terminal))(what);
