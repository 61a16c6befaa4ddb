import { expect, it } from 'vitest';
import { demoConfiguration } from '../src/adapters/configuration/demo-configuration.ts';
import { aboutTheStart } from '../src/main.ts';
import { environmentOf } from './support/environment.ts';

/** What `aboutTheStart` asks of a server that has started before, with the key and the secret of then. */
const server = { node: 'oslo-1', newKey: null, isSecretNew: false };

const linesOf = (guestActions: 'open' | 'token'): string =>
  aboutTheStart(
    { configuration: { ...demoConfiguration, guestActions }, environment: environmentOf('/srv/holdfast') },
    server,
  ).join('\n');

it('given guestActions: open, then the start says what that lets anybody do', () => {
  expect(linesOf('open')).toContain('guestActions: open, so whoever knows the uid of a booking');
});

it('given the default, then it does not', () => {
  expect(linesOf('token')).not.toContain('guestActions');
  expect(linesOf('token')).toContain('data: /srv/holdfast/holdfast.sqlite');
});
