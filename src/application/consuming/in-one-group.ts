import type { ConsumerGroup, Delivery, Verdict } from '../ports/consumer-groups.ts';

/** What has to be done about a message that several have looked at: as long as one is not content, it comes again. */
const together = (verdicts: ReadonlyArray<Verdict>): Verdict => {
  const again = verdicts.find(({ type }) => type === 'retry') ?? verdicts.find(({ type }) => type === 'park');
  if (again !== undefined) return again;
  const waits = verdicts.flatMap((verdict) => (verdict.type === 'defer' ? [verdict.afterMs] : []));
  return waits.length === 0 ? { type: 'ack' } : { type: 'defer', afterMs: Math.min(...waits) };
};

/**
 * Several groups that may be asked again about what they are done with, as one: one subscription to the log instead of
 * many. The first names how often and how far apart it is tried.
 */
export const inOneGroup = (
  name: string,
  first: ConsumerGroup,
  ...others: ReadonlyArray<ConsumerGroup>
): ConsumerGroup => {
  const groups = [first, ...others];
  return {
    ...first,
    name,
    accepts: (event) => groups.some((group) => group.accepts(event)),
    handle: async (delivery: Delivery) => {
      const verdicts: Verdict[] = [];
      for (const group of groups) if (group.accepts(delivery.event)) verdicts.push(await group.handle(delivery));
      return together(verdicts);
    },
  };
};
