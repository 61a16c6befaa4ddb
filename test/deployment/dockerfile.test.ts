import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../support/source-files.ts';
import { contextOf, dockerfile, faultsOf, parseDockerfile, textsOf } from './dockerfile.ts';

const read = (name: string): string => readFileSync(join(projectFolder, name), 'utf8');
const { version, devDependencies } = JSON.parse(read('package.json'));

describe('the Dockerfile', () => {
  it('keeps the rules, on the Node that the tests run on', () => {
    expect(`v${devDependencies.node}`).toBe(process.version);
    expect(faultsOf(dockerfile(), devDependencies.node)).toEqual([]);
  });

  it.each([
    [/^FROM node:\S+$/m, 'FROM node:latest', `is built on node:latest, not on a slim Node ${devDependencies.node}`],
    [/^USER .*$/m, '', 'runs as ""'],
    [/^USER .*$/m, 'USER root', 'runs as "root"'],
    [' --omit=dev', '', 'installs more than production needs'],
    [/^USER /m, 'RUN npm ci --omit=dev\nUSER ', 'leaves the cache of npm in the image'],
    ['COPY src ./src', 'COPY . .', 'copies whatever is there'],
    ['COPY src ./src', 'ADD src ./src', 'uses ADD'],
    [/^CMD .*$/m, 'CMD node bin/holdfast.js serve', 'starts through a shell, which takes the signals'],
    [/^HEALTHCHECK [^]*?\n.*$/m, '', 'has no health check, or one through a shell'],
    ['VOLUME /data', '', 'keeps its data in the container'],
    ['NODE_ENV=production', 'NODE_ENV=development', 'is not for production'],
    ['NO_COLOR=1', 'HOLDFAST_SECRET=abc', 'names a secret'],
  ])('a fault is seen: %s -> %s', (from, to, fault) => {
    const changed = dockerfile().replace(from, to);
    expect(changed).not.toBe(dockerfile());
    expect(faultsOf(changed, devDependencies.node)).toEqual([fault]);
  });

  it('is sent what it copies, and nothing else', () => {
    const copied = parseDockerfile(dockerfile())
      .flatMap((stage) => textsOf(stage, 'COPY'))
      .filter((text) => !text.startsWith('--from='))
      .flatMap((text) => text.split(/\s+/).slice(0, -1));
    expect([...new Set(copied)].sort()).toEqual([...contextOf(read('.dockerignore'))].sort());
    expect(() => contextOf('*\n!src\ndata\n')).toThrow();
  });

  it('makes the image that docker-compose.yml names', () => {
    expect(read('docker-compose.yml')).toContain(`image: holdfast:${version}\n`);
  });
});
