import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startHoldfast } from '../support/command-line.ts';
import { temporaryFolder } from '../support/data-file.ts';

const eventType = { id: 1, slug: 'intro', title: 'Introduction', lengthInMinutes: 30 };
const weekly = { days: ['Monday'], from: '09:00', to: '17:00' };
const person = { name: 'Odd', username: 'odd', email: 'odd@example.com', timeZone: 'Europe/Oslo' };
const configuration = {
  // Nobody listens on the discard port of this machine, so the start waits for a leader that never comes.
  store: { type: 'eventstoredb', connectionString: { env: 'HOLDFAST_LOG' }, startWaitInSeconds: 600 },
  hosts: [{ id: 'odd', number: 1, ...person, weeklyHours: [weekly], calendars: [], eventTypes: [eventType] }],
};

it('given a start that waits for its log, when SIGTERM comes, then it ends at once with exit code 0', async () => {
  const { path, remove } = await temporaryFolder();
  onTestFinished(remove);
  const config = join(path, 'holdfast.json');
  writeFileSync(config, JSON.stringify(configuration));
  const env = { PORT: '0', HOLDFAST_DATA: path, HOLDFAST_CONFIG: config, HOLDFAST_LOG: 'esdb://127.0.0.1:9?tls=false' };
  const server = startHoldfast(['serve'], env);
  await vi.waitFor(() => expect(existsSync(join(path, 'holdfast.sqlite'))).toBe(true), { timeout: 15_000 });
  const before = performance.now();
  server.child.kill('SIGTERM');
  const { code, stderr } = await server.ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(performance.now() - before).toBeLessThan(10_000);
});
