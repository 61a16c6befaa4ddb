import {
  environmentOf,
  list,
  mapping,
  type Mapping,
  mountsOf,
  portsOf,
  type Resolved,
  type Service,
} from './compose-file.ts';

/** What holds for every service of this project, whatever it is. Each rule answers what breaks it, in words. */
type Rule = (name: string, service: Service) => ReadonlyArray<string>;

/** Services that end by themselves; nobody asks them how they are. */
const ONE_SHOT = ['certificates'];
const PROXY = 'proxy';
const SECRETS = /PASSWORD|SECRET|API_KEY|CONNECTION/;

/** A version of at least two numbers; `latest`, `26` and `lts` are somebody else's choice of tomorrow. */
const pinned: Rule = (name, { image }) =>
  /:v?\d+\.\d+[\w.-]*$/.test(String(image)) ? [] : [`${name}: image "${String(image)}" is not pinned to a version`];

const healthy: Rule = (name, { healthcheck }) =>
  ONE_SHOT.includes(name) || list(mapping(healthcheck).test).length > 1 ? [] : [`${name}: no health check`];

const restarted: Rule = (name, { restart }) =>
  ONE_SHOT.includes(name) || restart === 'unless-stopped' ? [] : [`${name}: is not restarted`];

const notRoot: Rule = (name, { user }) =>
  ONE_SHOT.includes(name) || /^[1-9]\d*:[1-9]\d*$/.test(String(user)) ? [] : [`${name}: runs as "${String(user)}"`];

const confined: Rule = (name, service) => [
  ...(list(service.cap_drop).includes('ALL') ? [] : [`${name}: keeps capabilities`]),
  ...(list(service.security_opt).includes('no-new-privileges:true') ? [] : [`${name}: may gain privileges`]),
  ...(service.privileged === undefined ? [] : [`${name}: is privileged`]),
  ...(service.network_mode === undefined || service.network_mode === 'none'
    ? []
    : [`${name}: uses the host's network`]),
];

/** Without variables set, as in the repository: nothing may stand there but a connection without credentials. */
const noSecrets: Rule = (name, service) =>
  Object.entries(environmentOf(service))
    .filter(([variable, value]) => SECRETS.test(variable) && value !== '')
    .filter(([, value]) => !/^esdb:\/\/(admin:@)?[a-z0-9:,-]+(\?[\w=&]+)?$/.test(value))
    .map(([variable]) => `${name}: ${variable} has a value in the file`);

const loopbackOnly: Rule = (name, service) =>
  portsOf(service)
    .filter((port) => name !== PROXY && !port.startsWith('127.0.0.1:'))
    .map((port) => `${name}: publishes ${port}`);

/** A database without TLS and passwords is reached by its own network alone. */
const insecureInside =
  (networks: Mapping): Rule =>
  (name, service) => {
    if (environmentOf(service).EVENTSTORE_INSECURE === undefined) return [];
    const outward = Object.keys(mapping(service.networks)).filter((it) => mapping(networks[it]).internal !== true);
    return [
      ...portsOf(service).map((port) => `${name}: is insecure and publishes ${port}`),
      ...outward.map((network) => `${name}: is insecure and in the network ${network}, which leads outside`),
    ];
  };

/** Nothing that must last lies in a container: what is not mounted is gone with the next `up`. */
const DATA: Readonly<Record<string, string>> = {
  holdfast: '/data',
  eventstore: '/var/lib/eventstore',
  proxy: '/state',
};
const keepsData =
  (volumes: Mapping): Rule =>
  (name, service) => {
    const folder = DATA[name.replace(/-\d$/, '')];
    if (folder === undefined) return [];
    const isKept = mountsOf(service).some(({ source, target }) => target === folder && source in volumes);
    return isKept ? [] : [`${name}: ${folder} is on no volume`];
  };

const limited: Rule = (name, { deploy }) => {
  const { memory } = mapping(mapping(mapping(deploy).resources).limits);
  return ONE_SHOT.includes(name) || memory !== undefined ? [] : [`${name}: may take all memory`];
};

/** What is wrong with a resolved set of services; empty where nothing is. */
export const violations = ({ services, networks, volumes }: Resolved): ReadonlyArray<string> => {
  const rules: ReadonlyArray<Rule> = [
    ...[pinned, healthy, restarted, notRoot, confined, noSecrets, loopbackOnly, limited],
    ...[insecureInside(networks), keepsData(volumes)],
  ];
  return Object.entries(services).flatMap(([name, service]) => rules.flatMap((rule) => rule(name, service)));
};
