/** One measured variant: does its work once and answers its rate (or another figure where more is better). */
export type Variant = { readonly name: string; readonly run: () => Promise<number> };

/** One that measures several things at once; each goes by `{name}, {figure}`. */
export type ManySided = { readonly name: string; readonly run: () => Promise<Readonly<Record<string, number>>> };

export type Spread = { readonly median: number; readonly min: number; readonly max: number };

/** A goal of the performance page: `variant` over `anchor`, median of the ratios of each round. */
export type Goal = {
  readonly id: string;
  readonly what: string;
  readonly variant: string;
  readonly anchor: string;
  readonly goal: number;
  /** `at-most` where the figure is a cost. */
  readonly sense?: 'at-least' | 'at-most';
};

export type Rounds = ReadonlyMap<string, ReadonlyArray<number>>;

export const median = (figures: ReadonlyArray<number>): number => {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
};

export const spread = (figures: ReadonlyArray<number>): Spread => ({
  median: median(figures),
  min: Math.min(...figures),
  max: Math.max(...figures),
});

/**
 * Runs the variants in turn, round after round, each round starting with another one, so that a slow moment of the
 * machine meets all of them. One round before that is thrown away.
 */
export const interleave = async (variants: ReadonlyArray<Variant | ManySided>, rounds: number): Promise<Rounds> => {
  const figures = new Map<string, Array<number>>();
  const note = (name: string, figure: number): void => {
    const known = figures.get(name);
    if (known === undefined) figures.set(name, [figure]);
    else known.push(figure);
  };
  for (let round = -1; round < rounds; round += 1) {
    const first = Math.max(round, 0) % variants.length;
    for (const { name, run } of [...variants.slice(first), ...variants.slice(0, first)]) {
      const measured = await run();
      if (round < 0) continue;
      if (typeof measured === 'number') note(name, measured);
      else for (const [figure, value] of Object.entries(measured)) note(`${name}, ${figure}`, value);
    }
  }
  return figures;
};

/** Ratio of two variants in each round. */
export const ratios = (rounds: Rounds, variant: string, anchor: string): ReadonlyArray<number> => {
  const anchors = rounds.get(anchor) ?? [];
  return (rounds.get(variant) ?? []).map((figure, round) => figure / (anchors[round] ?? Number.NaN));
};

/** Operations per second of `operations` of them, `inFlight` at a time. */
export const ratePerSecond = async (
  operations: number,
  inFlight: number,
  operation: (index: number) => Promise<void>,
): Promise<number> => {
  let next = 0;
  const hand = async (): Promise<void> => {
    while (next < operations) {
      const index = next;
      next += 1;
      await operation(index);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: inFlight }, hand));
  return (operations / (performance.now() - start)) * 1000;
};

const round = (figure: number): string => (Math.abs(figure) >= 100 ? figure.toFixed(0) : figure.toPrecision(3));
const show = ({ median: middle, min, max }: Spread): string => `${round(middle)} (${round(min)} - ${round(max)})`;

/** Prints one table and one JSON line. Answers whether every goal was reached up to `share` of it. */
export const report = (title: string, rounds: Rounds, goals: ReadonlyArray<Goal>, share = 1): boolean => {
  process.stdout.write(`\n${title}\n`);
  for (const [name, figures] of rounds) process.stdout.write(`  ${name.padEnd(52)} ${show(spread(figures))}\n`);
  const results = goals.map((goal) => {
    const ratio = spread(ratios(rounds, goal.variant, goal.anchor));
    const atMost = goal.sense === 'at-most';
    const reached = atMost ? ratio.median <= goal.goal / share : ratio.median >= goal.goal * share;
    const sign = atMost ? '<=' : '>=';
    process.stdout.write(`  ${goal.id}: ${goal.what}: ${show(ratio)}, goal ${sign} ${goal.goal}\n`);
    return { id: goal.id, what: goal.what, ...ratio, goal: goal.goal, reached };
  });
  const figures = Object.fromEntries([...rounds].map(([name, values]) => [name, spread(values)]));
  process.stdout.write(`${JSON.stringify({ bench: title, figures, results })}\n`);
  return results.every((result) => result.reached);
};

/** `--name=number` on the command line. */
export const numberFlag = (name: string, otherwise: number): number => {
  const prefix = `--${name}=`;
  const found = process.argv.find((argument) => argument.startsWith(prefix));
  return found === undefined ? otherwise : Number(found.slice(prefix.length));
};

/** `--quick`: a short run for CI, which guards half of each goal only. */
export const quick = process.argv.includes('--quick');
