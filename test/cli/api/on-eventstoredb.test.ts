import { expect, it } from 'vitest';
import { bookingAnswer } from '../../../src/cli/api/answers.ts';
import { holdfast, startHoldfast } from '../../support/command-line.ts';
import { must } from '../../support/must.ts';
import { bookingOn, givenEventStoreDb } from '../../support/on-eventstoredb.ts';

it('given a server on EventStoreDB (stand-in), when audited and rebuilt, then its own events are read', async () => {
  const { standIn, env } = await givenEventStoreDb();
  const { CRM: _notNeeded, ...bare } = env;
  const server = startHoldfast(['serve'], env);
  const [said = '', url = ''] = await server
    .says(/^log: (.*)\n(?:.*\n)*listening on (\S+)$/m)
    .then(([, ...groups]) => groups);
  expect(said).toMatch(/^in EventStoreDB, as node "node-[0-9a-z]{6}"$/);
  const booked = await bookingOn(url, '2050-09-05T08:00:00Z');
  const { uid, status } = must(bookingAnswer.decode(await booked.json())).data;
  expect(status).toBe('accepted');

  const written = standIn.database.log.stream(`holdfast-booking-${uid}`).length;
  const audited = await holdfast(['audit', 'verify', '--json'], bare);
  expect(audited.code).toBe(0);
  expect(JSON.parse(audited.stdout)).toMatchObject({ streams: 5, findings: [] });
  expect(JSON.parse(audited.stdout).events).toBeGreaterThan(written);
  expect(await holdfast(['projections', 'rebuild'], bare)).toMatchObject({ code: 0 });

  const begun = performance.now();
  server.child.kill('SIGTERM');
  const { code, stdout, stderr } = await server.ended;
  expect(code).toBe(0);
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(stdout + stderr).not.toContain('esdb://');
}, 30_000);

it('given no server, when started or audited, then exit code 1 and one line', async () => {
  const { standIn, env } = await givenEventStoreDb(undefined, 1);
  standIn.stop();
  const started = await holdfast(['serve'], env);
  expect(started).toMatchObject({ code: 1, stdout: '' });
  expect(started.stderr).toMatch(/^The log cannot be used: EventStoreDB at \S+ had no leader .* within 1000 ms: .*\n$/);
  const audited = await holdfast(['audit', 'verify'], env);
  expect(audited).toMatchObject({ code: 1, stdout: '' });
  expect(audited.stderr).toMatch(/^holdfast: EventStoreDB at \S+ had no leader/);
}, 30_000);

it('given a wrong password, when started, then exit code 2 at once, and one line with a code', async () => {
  const { env } = await givenEventStoreDb({ secure: true });
  const connection = env.WHERE_THE_LOG_IS.replace(':changeit@', ':Geheim-77@');
  const started = await holdfast(['serve'], { ...env, WHERE_THE_LOG_IS: connection });
  expect(started).toMatchObject({ code: 2, stdout: '' });
  expect(started.stderr).toMatch(/^The log cannot be used: EventStoreDB at \S+ cannot be used: .*\[user_unknown\]\n$/);
  expect(started.stderr).not.toContain('Geheim');
}, 30_000);
