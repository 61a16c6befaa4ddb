import type { Environment } from '../../src/adapters/configuration/environment.ts';

/** The environment of a server in a test: any free port on this machine, and nothing else that was set. */
export const environmentOf = (dataFolder: string, changes: Partial<Environment> = {}): Environment => ({
  port: 0,
  host: '127.0.0.1',
  dataFolder,
  keyFolder: null,
  configFile: null,
  apiKey: null,
  node: null,
  secret: null,
  allowPrivateAddresses: false,
  trustedProxies: [],
  noColor: true,
  ...changes,
});
