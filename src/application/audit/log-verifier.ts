import type { RecordedEvent } from '../../domain/log/envelope.ts';
import type { Sha256 } from '../../domain/log/hash-chain.ts';
import type { SubjectKeyReader } from '../ports/subject-keys.ts';
import { openedForJudging } from '../privacy/sealing.ts';
import { laterOf, makeCheckBetweenStreams } from './check-between-streams.ts';
import type { Finding } from './finding.ts';
import { isErased } from './read-for-audit.ts';
import { makeStreamVerifier, type EndedStream } from './stream-verifier.ts';

/**
 * Verifies events in the order of the log: each by the verifier of its stream, whose state is kept until the end. `ends`
 * says how the streams ended, for the checks between them.
 */
const makeEventVerifier = (sha256: Sha256, keys: SubjectKeyReader | null) => {
  const streams = new Map<string, ReturnType<typeof makeStreamVerifier>>();
  let [events, erased, latest] = [0, 0, ''];
  return {
    /** The findings at one event, the next of the log or of its part. */
    add: (event: RecordedEvent): ReadonlyArray<Finding> => {
      events += 1;
      latest = laterOf(latest, event.occurredAt);
      let known = streams.get(event.stream);
      if (known === undefined) {
        known = makeStreamVerifier(sha256, event.stream);
        streams.set(event.stream, known);
      }
      const opened = openedForJudging(sha256, keys, event);
      if (isErased(opened.read)) erased += 1;
      return known.add(event, opened);
    },
    ends: (): ReadonlyArray<EndedStream> => [...streams.values()].map((stream) => stream.end()),
    latest: () => latest,
    counts: () => ({ events, erased, streams: streams.size }),
  };
};

/**
 * Verifies a whole log event by event, in its order, and at its end that times and bookings belong together. Events are given as
 * they are stored. Chains cover the ciphertext, so they need no `keys`; without those, what depends on personal data is not
 * judged.
 */
export const makeLogVerifier = (sha256: Sha256, keys: SubjectKeyReader | null = null) => {
  const verifier = makeEventVerifier(sha256, keys);
  const between = makeCheckBetweenStreams();
  return {
    add: verifier.add,
    /** What only the whole log shows. */
    end: (): ReadonlyArray<Finding> => {
      for (const end of verifier.ends()) between.add(end);
      return between.findings(verifier.latest());
    },
    /** The signed heads that the log tells of; after `end`. */
    heads: between.heads,
    counts: verifier.counts,
  };
};
