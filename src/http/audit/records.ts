import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { checkHost } from '../../application/audit/read-for-audit.ts';
import { nullable, object } from '../../domain/decoding/codec.ts';
import { dateTime, operatorEmail } from '../../domain/decoding/values.ts';
import { installationChanges } from '../../projections/audit/installation-changes.ts';
import { refusalReport } from '../../projections/audit/refusals.ts';
import { covers } from '../access/caller.ts';
import { periodOf } from '../decoding/decode.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type HttpAnswer, type QueryHandler, success, withQuery } from '../transport/endpoint.ts';
import { fromAudit, hostNotFound, namesFor } from './questions.ts';

type Deps = Pick<HttpDeps, 'audit' | 'hosts'>;

const refusalsQuery = periodOf(
  object({
    at: nullable(dateTime),
    from: nullable(dateTime),
    to: nullable(dateTime),
    email: nullable(operatorEmail),
  }),
);

/** `GET /v2/holdfast/audit/hosts/{id}/refusals`: as `audit refusals --json`. */
export const getRefusals = ({ audit, hosts }: Deps): QueryHandler =>
  withQuery(refusalsQuery, async ({ params, caller }, { email, ...query }) => {
    const hostId = params.id ?? '';
    if (!covers(caller, hostId)) return E.left(hostNotFound);
    const attendee = email === null ? null : audit.attendeeHash(email);
    const report = await refusalReport(audit.own, hostId, { ...query, attendee }, audit.refusalLimits);
    if (E.isLeft(report)) return E.left(fromApplication(report.left));
    const { listed, counted } = report.right;
    const isKnown = hosts.some(({ id }) => id === hostId) || listed.length + counted.length > 0;
    const known = isKnown ? E.right(null) : await checkHost(audit.log, hostId);
    return E.isLeft(known) ? E.left(fromAudit(known.left)) : E.right(success(report.right));
  });

/**
 * Writes into the log that a key got personal data, before it gets it: once an hour at once, the rest counted. Where that
 * cannot be written, nothing is given. `hasPeople`: whether an answer has anybody's data; without it each has.
 */
export const notingReads =
  ({ audit }: Pick<Deps, 'audit'>) =>
  (what: string, { run }: QueryHandler, hasPeople: (answer: HttpAnswer) => boolean = () => true): QueryHandler => ({
    run: async (request) => {
      const answer = await run(request);
      if (E.isLeft(answer) || request.caller === null || !hasPeople(answer.right)) return answer;
      const noted = await audit.noteReading(request.caller.id, what);
      return E.isLeft(noted) ? E.left(fromApplication(noted.left)) : answer;
    },
  });

const changesQuery = periodOf(object({ from: nullable(dateTime), to: nullable(dateTime) }));

/** `GET /v2/holdfast/audit/changes`: as `audit changes --json`. */
export const getChanges = (deps: Pick<HttpDeps, 'audit'>): QueryHandler =>
  withQuery(changesQuery, async (_, query) => {
    const names = await namesFor(deps);
    if (E.isLeft(names)) return names;
    return pipe(
      await installationChanges(deps.audit.log, names.right, query),
      E.bimap(fromApplication, (changes) => success(changes)),
    );
  });
