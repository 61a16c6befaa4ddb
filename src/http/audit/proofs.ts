import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { base64, type HashedLog, hashLog, originOf, proofOf, rotationsIn } from '../../application/audit/hash-log.ts';
import type { StoreError } from '../../application/ports/event-store.ts';
import { readModelData, type ReadModelReport, withReadModel } from '../../application/audit/read-model-report.ts';
import { replayLog } from '../../application/audit/replay-log.ts';
import { reportData, verifyEvents } from '../../application/audit/verify-log.ts';
import { bookingStream, changesStream } from '../../application/commands/aggregate.ts';
import { nullable, object, withDefault } from '../../domain/decoding/codec.ts';
import { dateTime, oneOf } from '../../domain/decoding/values.ts';
import { periodOf, noParameters, numeral, parameter } from '../decoding/decode.ts';
import { type ApiError, apiError, fieldError, fieldErrors } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type HttpRequest, type QueryHandler, success, withQuery } from '../transport/endpoint.ts';
import { findAudited, fromAudit } from './questions.ts';
import { whileAsked } from './while-asked.ts';

type Deps = Pick<HttpDeps, 'audit' | 'hosts'>;
type Log = HttpDeps['audit']['stored'];

const BUSY_RETRY_S = 5;
const busy = apiError('audit_busy', 'Another audit goes through the whole log; one at a time does.', {
  retryAfterSeconds: BUSY_RETRY_S,
});

/** Walks over the whole log, one at a time for all callers, and no longer than somebody waits for it. */
const makeTurn = () => {
  let taken = false;
  return async <A>(
    request: HttpRequest,
    from: Log,
    walk: (log: Log) => Promise<E.Either<ApiError, A>>,
  ): Promise<E.Either<ApiError, A>> => {
    if (taken) return E.left(busy);
    taken = true;
    return walk(whileAsked(from, request.whenGone())).finally(() => {
      taken = false;
    });
  };
};

const QUIET = (): void => undefined;

const verifyQuery = periodOf(
  object({ from: withDefault(numeral(), 0), to: withDefault(numeral(), Number.MAX_SAFE_INTEGER) }),
);
const replayQuery = periodOf(
  object({
    stream: nullable(parameter),
    host: nullable(parameter),
    from: nullable(dateTime),
    to: nullable(dateTime),
    rules: withDefault(oneOf(['current', 'recorded']), 'current'),
  }),
);
const headQuery = object({ from: nullable(numeral()) });

/** What goes through the whole log; they share one turn. */
export const proofHandlers = (deps: Deps) => {
  const { audit } = deps;
  const inTurn = makeTurn();
  const hashed = async (log: Log, stream: string | null): Promise<E.Either<ApiError, HashedLog>> =>
    pipe(await hashLog(log, audit.hashes.sha256Bytes, QUIET, stream), E.mapLeft(fromApplication));
  const signed = async ({ tree, first }: HashedLog) => {
    const head = { origin: originOf(first), size: tree.size(), root: base64(tree.root()) };
    return pipe(
      await audit.signHead(head),
      E.bimap(
        (fault) => apiError('internal_error', 'The head cannot be signed.', { fault }),
        ({ note, verifier }) => ({ ...head, note, key: verifier }),
      ),
    );
  };

  /** `GET /v2/holdfast/audit/verify`: as `audit verify --json`. */
  const getVerify: QueryHandler = withQuery(verifyQuery, (request, range) =>
    inTurn(request, audit.stored, async (log) => {
      const gone = request.whenGone();
      const isWhole = range.from === 0 && range.to === Number.MAX_SAFE_INTEGER;
      const [report, model] = await Promise.all([
        audit.verify === null ? verifyEvents(log, audit.hashes, QUIET, range) : audit.verify(QUIET, range, gone),
        isWhole && audit.compareReadModel !== null
          ? audit.compareReadModel(QUIET, gone)
          : E.right<StoreError, ReadModelReport | null>(null),
      ]);
      if (E.isLeft(report)) return E.left(fromApplication(report.left));
      if (E.isLeft(model)) return E.left(fromApplication(model.left));
      const compared = model.right;
      return E.right(
        success(
          compared === null
            ? reportData(report.right)
            : { ...reportData(withReadModel(report.right, compared)), ...readModelData(compared) },
        ),
      );
    }),
  );

  /**
   * `GET /v2/holdfast/audit/head`: as `audit head --json`. `from`: the size of an earlier head; `consistency` proves that this one
   * extends it (RFC 9162, section 2.1.4).
   */
  const getHead: QueryHandler = withQuery(headQuery, (request, { from }) =>
    inTurn(request, audit.stored, async (log) => {
      const walked = await hashed(log, null);
      if (E.isLeft(walked)) return walked;
      const { tree } = walked.right;
      if (from !== null && from > tree.size())
        return E.left(
          fieldErrors([fieldError('from', 'invalid', `from must be at most ${tree.size()}, the size now`)]),
        );
      const proof = from === null ? {} : { consistency: tree.consistency(from).map(base64) };
      return pipe(
        await signed(walked.right),
        E.map((head) => success({ ...head, ...proof })),
      );
    }),
  );

  /** `GET /v2/holdfast/audit/bookings/{uid}/proof`: as `audit prove`. */
  const getProof: QueryHandler = withQuery(noParameters, async (request) => {
    const found = await findAudited(deps, request);
    if (E.isLeft(found)) return found;
    const stream = bookingStream(found.right.uid);
    return inTurn(request, audit.stored, async (log) => {
      const walked = await hashed(log, stream);
      if (E.isLeft(walked)) return walked;
      const [changes, head] = [await log.readStream(changesStream)(), await signed(walked.right)];
      if (E.isLeft(head)) return head;
      if (E.isLeft(changes)) return E.left(fromApplication(changes.left));
      return pipe(
        await audit.writtenRotations(),
        E.bimap(
          (fault) => apiError('internal_error', 'The rotations of the key cannot be read.', { fault }),
          (written) =>
            success(proofOf(stream, head.right.note, [...written, ...rotationsIn(changes.right)], walked.right)),
        ),
      );
    });
  });

  /** `GET /v2/holdfast/audit/replay`: as `audit replay --json`, by the rules of the configuration in use. */
  const getReplay: QueryHandler = withQuery(replayQuery, (request, { stream, host: hostId, from, to, rules }) =>
    inTurn(request, audit.log, async (log) => {
      const scope = { stream, hostId, from: from ?? 0, to: to ?? Number.MAX_SAFE_INTEGER };
      return pipe(
        await replayLog(log, rules === 'recorded' ? rules : deps.hosts, scope, QUIET),
        E.bimap(fromAudit, success),
      );
    }),
  );

  return { getVerify, getHead, getProof, getReplay };
};
