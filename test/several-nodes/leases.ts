import type { Log } from '../support/log-checks.ts';
import { textOf } from '../support/log-checks.ts';
import { at } from '../support/http-client.ts';
import type { NodeName } from './installation.ts';
import { NODES } from './installation.ts';

const nameOf = (text: string): NodeName => {
  const name = NODES.find((node) => node === text);
  if (name === undefined) throw new Error(`no node is called "${text}"`);
  return name;
};

/** The nodes that leased an effect, in the order of the log, as often as they did. `effect`: how its name begins. */
export const leasesOf = (log: Log, effect: string): ReadonlyArray<NodeName> =>
  log
    .filter(({ type, data }) => type === 'EffectLeased' && textOf(at(data, 'effect')).startsWith(effect))
    .map(({ data }) => nameOf(textOf(at(data, 'node'))));
