import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const AWAKE = new URL('../../../src/adapters/clock/stay-awake.ts', import.meta.url).href;
const CLOCK = new URL('../../../src/adapters/clock/system-clock.ts', import.meta.url).href;

/** A program that waits for the clock alone, and how it ended. */
const ended = (waiting: string) => {
  const program = `
    const { stayAwake } = await import('${AWAKE}');
    const { systemClock } = await import('${CLOCK}');
    const later = new Promise((resolve) => systemClock.at(systemClock.now() + 200, () => resolve('rang')));
    console.log(await ${waiting});`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
  });
  return [status, stdout.trim()];
};

describe('a process that waits for a timer of the clock alone', () => {
  it('ends before it comes, with exit code 13', () => {
    expect(ended('later')).toEqual([13, '']);
  });

  it('given that it stays awake, when the timer comes, then it goes on and ends in order', () => {
    expect(ended('stayAwake(later)')).toEqual([0, 'rang']);
  });
});
