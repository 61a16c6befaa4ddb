import { expect, it } from 'vitest';
import { configurationDigests } from '../../../src/adapters/configuration/compare-configurations.ts';
import { demoConfiguration as demo } from '../../../src/adapters/configuration/demo-configuration.ts';
import { secretOf } from '../../../src/application/secret.ts';

const digestsOf = (settings: typeof demo) => configurationDigests(settings, (text) => text);
const changed = (settings: typeof demo): ReadonlyArray<string> => {
  const [before, after] = [digestsOf(demo), digestsOf(settings)];
  return [...after.keys()].filter((path) => before.get(path) !== after.get(path));
};
const [host] = demo.hosts;
if (host === undefined) throw new Error('the demo has no host');

it('given settings that changed, then their paths alone differ, by the ids of what they belong to', () => {
  expect(changed(demo)).toEqual([]);
  expect(changed({ ...demo, hosts: [{ ...host, timeZone: 'UTC' }] })).toEqual([`hosts[${host.id}].timeZone`]);
  expect(changed({ ...demo, timings: { ...demo.timings, leaseMs: 1 } })).toEqual(['timings.leaseMs']);
  const eventTypes = host.eventTypes.map((one, index) => (index === 0 ? { ...one, minimumNotice: 7 } : one));
  const [first] = eventTypes;
  const found = changed({ ...demo, hosts: [{ ...host, eventTypes }] });
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(`hosts[${host.id}].eventTypes[${first?.slug ?? ''}]`);
});

it('given a secret that changed, then it is seen, though nobody could print it', () => {
  expect(changed({ ...demo, secret: secretOf('one') })).toEqual(['secret']);
  const two = digestsOf({ ...demo, secret: secretOf('two') });
  expect(two.get('secret')).not.toBe(digestsOf({ ...demo, secret: secretOf('one') }).get('secret'));
});

it('given paths, then no name and no mail address is in them', () => {
  const paths = [...digestsOf(demo).keys()].join('\n');
  expect(paths).not.toContain(host.name);
  expect(paths).not.toContain('@');
});
