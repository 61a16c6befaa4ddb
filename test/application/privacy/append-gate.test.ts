import { describe, expect, it } from 'vitest';
import { makeAppendGate } from '../../../src/application/privacy/append-gate.ts';

const held = () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { run: () => promise, end: () => resolve('written') };
};

describe('the gate between appends and the destruction of keys', () => {
  it('given an append with the key on its way, then the work begins when it has ended', async () => {
    const gate = makeAppendGate();
    const append = held();
    const steps: string[] = [];
    const passing = gate.pass(['nils'], async () => steps.push(await append.run()));
    const work = gate.withhold(['nils', 'ola'], async () => steps.push('destroyed'));
    expect(await gate.pass(['kari'], async () => steps.length)).toBe(0);
    append.end();
    await Promise.all([passing, work]);
    expect(steps).toEqual(['written', 'destroyed']);
  });

  it('given keys are withheld, then appends with them wait for the end, and others do not', async () => {
    const gate = makeAppendGate();
    const destroying = held();
    const steps: string[] = [];
    const work = gate.withhold(['nils'], async () => steps.push(await destroying.run()));
    const waiting = gate.pass(['kari', 'nils'], async () => steps.push('appended'));
    await gate.pass(['kari'], async () => steps.push('another'));
    await gate.pass([], async () => steps.push('without keys'));
    destroying.end();
    await Promise.all([work, waiting]);
    expect(steps).toEqual(['another', 'without keys', 'written', 'appended']);
  });

  it('given what is on its way fails, or the work does, then nobody is kept waiting', async () => {
    const gate = makeAppendGate();
    const failing = gate.pass(['nils'], () => Promise.reject(new Error('disk full')));
    const work = gate.withhold(['nils'], () => Promise.reject(new Error('no such folder')));
    await expect(failing).rejects.toThrow('disk full');
    await expect(work).rejects.toThrow('no such folder');
    expect(await gate.pass(['nils'], async () => 'goes on')).toBe('goes on');
  });
});
