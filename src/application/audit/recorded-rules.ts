import * as E from 'fp-ts/lib/Either.js';
import type { JudgingRules } from '../../domain/audit/redecide-slots.ts';
import type { Host } from '../../domain/bookable/host.ts';
import { decodeRulesEvent } from '../../domain/log/decode.ts';
import { type HostRules, hostOfRules, hostRulesCodec } from '../../domain/rules/decision-facts.ts';
import { rulesStream } from '../commands/aggregate.ts';
import type { AuditLog } from './read-for-audit.ts';

/** Those of a configuration, or those that were in force at each decision. */
export type ReplayRules = ReadonlyArray<Host> | 'recorded';

/** `written`: when they were written down, each time that they came into force. `host`: as far as rules tell of one. */
export type RecordedRules = {
  readonly written: ReadonlyArray<string>;
  readonly host: Host;
  readonly rules: HostRules;
};

/** The rules that a host has had, by their digests. What cannot be read or understood is not there. */
export const recordedRules = async (
  log: Pick<AuditLog, 'readStream'>,
  hostId: string,
): Promise<ReadonlyMap<string, RecordedRules>> => {
  const read = await log.readStream(rulesStream(hostId))();
  const known = new Map<string, RecordedRules>();
  for (const recorded of E.isRight(read) ? read.right : []) {
    const event = decodeRulesEvent(recorded);
    if (E.isLeft(event)) continue;
    const { digest, rules } = event.right.data;
    const codec = hostRulesCodec.decode(rules);
    if (E.isLeft(codec)) continue;
    const written = [...(known.get(digest)?.written ?? []), event.right.occurredAt];
    known.set(digest, { written, host: hostOfRules(hostId, codec.right), rules: codec.right });
  }
  return known;
};

/** What the slots of a host are judged by. */
export const judgingRules = async (log: AuditLog, hostId: string, rules: ReplayRules): Promise<JudgingRules> =>
  rules === 'recorded'
    ? {
        type: 'recorded',
        hosts: new Map([...(await recordedRules(log, hostId))].map(([digest, { host }]) => [digest, host])),
      }
    : { type: 'given', host: rules.find(({ id }) => id === hostId) ?? null };
