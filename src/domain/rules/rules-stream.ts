import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { JsonObject } from '../log/envelope.ts';
import { canonicalJson } from '../log/hash-chain.ts';
import { toEpochMs, toInstant } from '../time/time.ts';
import { isWritten } from '../audit/compare-events.ts';
import { hostRulesCodec } from './decision-facts.ts';

/** From now on requests for this host are decided by these rules. `digest`: of them, by which decisions name them. */
const hostRulesChangedCodec = t.type({ digest: t.string, rules: hostRulesCodec });

/** Data of the events of a host's rules, by type. A storage format. */
export const rulesEventCodecs = { HostRulesChanged: hostRulesChangedCodec } as const;

export type RulesEvent = {
  readonly type: 'HostRulesChanged';
  readonly occurredAt: string;
  readonly data: { readonly digest: string; readonly rules: JsonObject };
};

/** `digest`: of the rules in force; null: none are known. */
export type RulesState = { readonly digest: string | null };
export const noRules: RulesState = { digest: null };

export type RulesCommand = {
  readonly type: 'NoteRules';
  readonly now: number;
  readonly digest: string;
  readonly rules: JsonObject;
};

export const evolveRules = (_: RulesState, { data: { digest } }: RulesEvent): RulesState => ({ digest });

/** Rules that are in force already are success without an event. Nothing is refused. */
export const decideRules = (
  { digest }: RulesState,
  command: RulesCommand,
): E.Either<never, ReadonlyArray<RulesEvent>> => {
  if (digest === command.digest) return E.right([]);
  const data = { digest: command.digest, rules: command.rules };
  return E.right([{ type: 'HostRulesChanged', occurredAt: toInstant(command.now), data }]);
};

/** As `judgeBookingEvent`, for the stream of a host's rules: the digest has to be that of the rules. */
export const judgeRulesEvent =
  (sha256: (text: string) => string) =>
  (state: RulesState, event: RulesEvent): E.Either<string, RulesState> => {
    const { digest, rules } = event.data;
    if (sha256(canonicalJson(rules)) !== digest) return E.left('its digest is not that of its rules');
    const command = { type: 'NoteRules', now: toEpochMs(event.occurredAt), digest, rules } as const;
    const decided = decideRules(state, command);
    const written = E.isLeft(decided)
      ? decided
      : isWritten(event, decided.right, () => 'these rules were in force already');
    return E.isLeft(written) ? written : E.right(evolveRules(state, event));
  };
