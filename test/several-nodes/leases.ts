import { ALL_EFFECTS } from '../../src/domain/booking/lease.ts';
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

/** The nodes that leased an effect, alone or with all of the booking, in the order of the log, as often as they did. `effect`: how its name begins. */
export const leasesOf = (log: Log, effect: string): ReadonlyArray<NodeName> =>
  log
    .filter(({ type }) => type === 'EffectLeased')
    .filter(({ data }) => {
      const leased = textOf(at(data, 'effect'));
      return leased === ALL_EFFECTS || leased.startsWith(effect);
    })
    .map(({ data }) => nameOf(textOf(at(data, 'node'))));
