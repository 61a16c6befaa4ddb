import { fuzzedCodecs } from './codecs.ts';
import { MOST_CPU_MS } from './fuzz-requests.ts';
import type { Json } from '../../../src/domain/log/envelope.ts';
import { type Dice, diceOf, mutateJson, mutateText } from './mutate.ts';

const spoil = (dice: Dice, sample: string): string => {
  const times = dice.below(4);
  if (sample.startsWith('{') && !dice.once(3))
    return JSON.stringify(
      Array.from({ length: times }).reduce<Json>((value) => mutateJson(dice, value), JSON.parse(sample) as Json),
    );
  return Array.from({ length: times }).reduce<string>((text) => mutateText(dice, text), sample);
};

/** What went wrong when codecs read spoilt inputs in turn: an exception, or much time. Each says how to see it again. */
export const fuzzCodecs = async (
  seed: number,
  inputs: number,
  onProgress: (done: number) => void = () => undefined,
): Promise<ReadonlyArray<string>> => {
  const findings: string[] = [];
  for (let input = 0; input < inputs; input += 1) {
    const dice = diceOf(seed * 1_000_003 + input);
    const codec = fuzzedCodecs[input % fuzzedCodecs.length];
    if (codec === undefined) throw new Error('there are no codecs');
    const spoilt = spoil(dice, dice.oneOf(codec.samples));
    const words = `${codec.name}, seed ${seed} input ${input}: ${JSON.stringify(spoilt.slice(0, 400))}`;
    const before = process.threadCpuUsage();
    try {
      await codec.read(spoilt);
    } catch (fault) {
      findings.push(`${String(fault)} <- ${words}`);
    }
    const { user, system } = process.threadCpuUsage(before);
    if (user + system > MOST_CPU_MS * 1_000)
      findings.push(`${(user + system) / 1_000} ms of the processor <- ${words}`);
    if (input % 500 === 499) onProgress(input + 1);
  }
  return findings;
};
