import { join } from 'node:path';
import { temporaryFolder } from '../support/data-file.ts';
import type { KillableServer, Launched, Setup } from '../support/killable-server.ts';
import { launch, startKillable } from '../support/killable-server.ts';
import type { Log } from '../support/log-checks.ts';
import { readLog, readOpenLog } from '../support/log-checks.ts';
import type { Surroundings, SurroundingsOptions } from './surroundings.ts';
import { makeSurroundings } from './surroundings.ts';

/** One server that is killed, on its data folder, and everything real around it. */
export type World = Surroundings & {
  readonly dataFolder: string;
  /** Starts the server on the same data, again and again. */
  readonly start: () => Promise<KillableServer>;
  readonly run: (args: ReadonlyArray<string>) => Promise<Launched>;
  /** As it is stored: personal data sealed. */
  readonly log: () => Log;
  /** With personal data in the clear. */
  readonly openLog: () => Log;
  /** Kills what still runs and takes everything away. */
  readonly close: () => Promise<void>;
};

export type WorldOptions = SurroundingsOptions & { readonly env?: Readonly<Record<string, string>> };

export const makeWorld = async (options: WorldOptions = {}): Promise<World> => {
  const folder = await temporaryFolder();
  const made = await makeSurroundings(options);
  const setup: Setup = { folder: folder.path, config: made.config, env: { ...made.env, ...options.env } };
  const started: Launched[] = [];
  const kept = <A extends Launched>(launched: A): A => {
    started.push(launched);
    return launched;
  };
  const dataFolder = join(folder.path, 'data');
  return {
    ...made.surroundings,
    dataFolder,
    start: async () => kept(await startKillable(setup)),
    run: async (args) => kept(await launch(setup, args)),
    log: () => readLog(dataFolder),
    openLog: () => readOpenLog(dataFolder),
    close: async () => {
      for (const launched of started) launched.signal('SIGKILL');
      await Promise.all(started.map(({ ended }) => ended));
      await made.close();
      await folder.remove();
    },
  };
};
