import { spawnSync } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { proveBooking } from '../../../src/cli/audit/head-commands.ts';
import { checker, openSignedLog } from './signed-log.helper.ts';

describe('the checker of proofs', () => {
  let log: Awaited<ReturnType<typeof openSignedLog>>;
  beforeEach(async () => {
    log = await openSignedLog();
  });
  afterEach(() => log.remove());

  it('given a proof, then the checker believes it by the key, and no other booking, order or content', async () => {
    const key = await log.key();
    const proof = (await log.run((context) => proveBooking(context, 'runa'))).stdout;
    expect(log.check(key, proof)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('the 6 events of booking-runa'),
    });
    const forged = [
      proof.replace('runa@example.org', 'eve@example.org'),
      proof.replaceAll('booking-runa', 'booking-eve'),
      proof.replace('"index": 2', '"index": 3'),
      proof.replace('\\n12\\n', '\\n13\\n'),
      proof.replace('calendar_sync_failed', 'awaiting_approval'),
      JSON.stringify({ ...JSON.parse(proof), events: JSON.parse(proof).events.slice(1) }),
      JSON.stringify({ ...JSON.parse(proof), events: [] }),
      // Who reads it from the top sees the first.
      proof.replace('"type": "BookingRequested"', '"type": "BookingAccepted", "type": "BookingRequested"'),
    ];
    for (const each of forged) {
      expect(each).not.toBe(proof);
      expect(log.check(key, each)).toMatchObject({
        status: 1,
        stdout: '',
        stderr: expect.stringContaining('does not hold'),
      });
    }
    expect(log.check(key.replace('holdfast/', 'other/'), proof)).toMatchObject({ status: 1, stdout: '' });
  });

  it('given a proof that is no proof, then the checker says so in one line, whatever it is', async () => {
    const key = await log.key();
    const proof = JSON.parse((await log.run((context) => proveBooking(context, 'runa'))).stdout);
    const { events } = proof;
    const withEvent = (change: object) => ({ ...proof, events: events.with(0, { ...events[0], ...change }) });
    const forged = [
      '',
      'null',
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      ...[
        { ...proof, note: null },
        { ...proof, verdict: 'accepted' },
        { ...proof, events: { length: 1 } },
        { ...proof, events: [null] },
        { ...proof, events: events.toSpliced(1, 0, events[0]) },
        { ...proof, rotations: [key] },
        withEvent({ event: { ...events[0].event, verdict: 'accepted' } }),
        withEvent({ event: { ...events[0].event, data: null } }),
        withEvent({ inclusion: 5 }),
        withEvent({ index: 1e300 }),
        withEvent({ index: -12 }),
        withEvent({ index: '0' }),
      ].map((one) => JSON.stringify(one)),
    ];
    for (const each of forged)
      expect(log.check(key, each)).toMatchObject({
        status: 1,
        stdout: '',
        stderr: expect.stringMatching(/^the proof does not hold: [^\n]+\n$/),
      });
  });

  it('given the checker alone in a folder, then it runs there, also where Node takes it for a script', async () => {
    const key = await log.key();
    const proof = (await log.run((context) => proveBooking(context, 'runa'))).stdout;
    const alone = join(log.path, 'check-proof.js');
    await copyFile(checker, alone);
    for (const flags of [[], ['--no-experimental-detect-module']])
      expect(spawnSync(process.execPath, [...flags, alone, key], { input: proof, encoding: 'utf8' })).toMatchObject({
        status: 0,
        stderr: '',
      });
  });
});
