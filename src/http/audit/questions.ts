import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { withLogEnd } from '../../application/audit/log-time.ts';
import {
  type AuditError,
  type AuditedEvent,
  findUid,
  type Moment,
  NOW,
  parseMoment,
  reaching,
  readAudited,
} from '../../application/audit/read-for-audit.ts';
import { nullable, object } from '../../domain/decoding/codec.ts';
import { dateTime } from '../../domain/decoding/values.ts';
import type { AuditNames } from '../../projections/audit/booking-timeline.ts';
import { causedTimeline } from '../../projections/audit/caused-timeline.ts';
import { reasonsOf } from '../../projections/audit/decided-by.ts';
import { agendaOf } from '../../projections/audit/host-agenda.ts';
import { covers, hostIdOf } from '../access/caller.ts';
import { periodOf, parameter } from '../decoding/decode.ts';
import { type ApiError, apiError, fieldError, fieldErrors } from '../errors/api-error.ts';
import { bookingNotFound, fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type Caller, type HttpRequest, type QueryHandler, success, withQuery } from '../transport/endpoint.ts';

type Deps = Pick<HttpDeps, 'audit' | 'clock' | 'hosts'>;

const notDecided = apiError('not_decided', 'Nothing had been decided about the booking by then.');
export const hostNotFound = apiError('host_not_found', 'The log has no host of this id.');

export const fromAudit = (error: AuditError): ApiError => {
  switch (error.type) {
    case 'UnknownBooking':
      return bookingNotFound;
    case 'UnknownHost':
      return hostNotFound;
    case 'UnknownRevision':
      return apiError('revision_not_found', `The booking has no such revision: its last is ${error.last}.`, {
        fields: [fieldError('at', 'not_found', `at must be at most ${error.last}`)],
      });
    case 'UnknownStream':
      return apiError('stream_not_found', 'The log has no booking or schedule whose stream is called so.');
    case 'AmbiguousUid': {
      const named = error.candidates.map((uid) => fieldError('uid', 'candidate', uid));
      return apiError('ambiguous_uid', `${error.count} bookings begin so: ${error.candidates.join(', ')}`, {
        fields: named,
      });
    }
    case 'RevisionConflict':
    case 'Unavailable':
    case 'OutcomeUnknown':
    case 'TooLarge':
    case 'Corrupt':
      return fromApplication(error);
  }
};

const uidForm = /^[\w-]{1,64}$/;

const isOf = (events: ReadonlyArray<AuditedEvent>, caller: Caller): boolean => {
  const hostId = hostIdOf(caller);
  return hostId === null || events.some(({ recorded }) => recorded.data.hostId === hostId);
};

/** The booking that the path names by its uid or the beginning of it. Another host's is as good as none. */
export const findAudited = async (
  { audit }: Pick<Deps, 'audit'>,
  { params, caller }: HttpRequest,
): Promise<E.Either<ApiError, { readonly uid: string; readonly events: ReadonlyArray<AuditedEvent> }>> => {
  const given = params.uid ?? '';
  if (!uidForm.test(given)) return E.left(bookingNotFound);
  // A beginning would tell a key of one host of the bookings of others.
  const uid = hostIdOf(caller) === null ? await findUid(audit.log, given) : E.right(given);
  if (E.isLeft(uid)) return E.left(fromAudit(uid.left));
  const events = await readAudited(audit.log, uid.right);
  if (E.isLeft(events)) return E.left(fromAudit(events.left));
  return isOf(events.right, caller) ? E.right({ uid: uid.right, events: events.right }) : E.left(bookingNotFound);
};

/** Keys by the names that their owners gave them. */
export const namesFor = async ({ audit }: Pick<Deps, 'audit'>): Promise<E.Either<ApiError, AuditNames>> =>
  pipe(
    await audit.keyNames(),
    E.bimap(fromApplication, (known): AuditNames => ({ ofActor: (id) => known.get(id) ?? null })),
  );

const momentOf = (at: string | null): E.Either<ApiError, Moment> =>
  pipe(
    at === null ? E.right(NOW) : parseMoment(at),
    E.mapLeft((wrong) => fieldErrors([fieldError('at', 'invalid', `at must be ${wrong}`)])),
  );

/** An answer about a moment; `logEndsAt` says where the log ends before it. */
const answered = async <A extends object>({ audit }: Deps, moment: Moment, answer: E.Either<AuditError, A>) =>
  pipe(await withLogEnd(audit.log, moment, answer), E.bimap(fromAudit, success));

/** `GET /v2/holdfast/audit/bookings/{uid}`: as `audit show --json`. */
export const getTimeline = (deps: Deps): QueryHandler =>
  withQuery(object({ at: nullable(parameter) }), async (request, { at }) => {
    const moment = momentOf(at);
    if (E.isLeft(moment)) return moment;
    const [found, names] = await Promise.all([findAudited(deps, request), namesFor(deps)]);
    if (E.isLeft(found)) return found;
    if (E.isLeft(names)) return names;
    const timeline = pipe(
      reaching(found.right.events, moment.right),
      E.map((events) => causedTimeline(found.right.uid, events, moment.right, names.right)),
    );
    return answered(deps, moment.right, timeline);
  });

/** `GET /v2/holdfast/audit/bookings/{uid}/why`: as `audit why --json`. */
export const getReasons = (deps: Deps): QueryHandler =>
  withQuery(object({ at: nullable(parameter) }), async (request, { at }) => {
    const moment = momentOf(at);
    if (E.isLeft(moment)) return moment;
    const [found, names] = await Promise.all([findAudited(deps, request), namesFor(deps)]);
    if (E.isLeft(found)) return found;
    if (E.isLeft(names)) return names;
    const { uid } = found.right;
    const events = reaching(found.right.events, moment.right);
    if (E.isLeft(events)) return E.left(fromAudit(events.left));
    const reasons = await reasonsOf(deps.audit, uid, events.right, moment.right, names.right);
    if (E.isLeft(reasons)) return E.left(fromAudit(reasons.left));
    return reasons.right === null ? E.left(notDecided) : answered(deps, moment.right, E.right(reasons.right));
  });

const agendaQuery = periodOf(object({ at: nullable(dateTime), from: nullable(dateTime), to: nullable(dateTime) }));

/** `GET /v2/holdfast/audit/hosts/{id}/agenda`: as `audit agenda --json`. */
export const getAgenda = (deps: Deps): QueryHandler =>
  withQuery(agendaQuery, async ({ params, caller }, { at, from, to }) => {
    const hostId = params.id ?? '';
    if (!covers(caller, hostId)) return E.left(hostNotFound);
    const window = { from: from ?? at ?? deps.clock.now(), to: to ?? Number.MAX_SAFE_INTEGER };
    const moment = at === null ? NOW : ({ type: 'instant', ms: at } as const);
    return answered(deps, moment, await agendaOf(deps.audit.log, hostId, moment, window));
  });
