import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { ForgetError } from '../../application/privacy/erase-person.ts';
import { object, withDefault } from '../../domain/decoding/codec.ts';
import { email as mailAddress, flag } from '../../domain/decoding/values.ts';
import { isObject, messageOf } from '../../domain/unknown.ts';
import { decodeBody } from '../decoding/decode.ts';
import { type ApiError, apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type EndpointHandler, success } from '../transport/endpoint.ts';

type Deps = Pick<HttpDeps, 'privacy'>;
type Privacy = NonNullable<HttpDeps['privacy']>;

/** Bookings that a refusal names. */
const MOST_NAMED = 5;

const named = (uids: ReadonlyArray<string>): string =>
  uids.length <= MOST_NAMED
    ? uids.join(', ')
    : `${uids.slice(0, MOST_NAMED).join(', ')} and ${uids.length - MOST_NAMED} more`;

/** Seconds until it is worth asking again. */
const RETRY_AFTER_S = 5;

const notEverywhere = (fault: string): ApiError =>
  apiError(
    'store_unavailable',
    'It is not done, or not everywhere: the log, the read model or the keys cannot be written or read now. Ask once more; what is done stays so.',
    { retryAfterSeconds: RETRY_AFTER_S, fault },
  );

const fromForgetting = (error: ForgetError): ApiError => {
  switch (error.type) {
    case 'StillToCome':
      return apiError(
        'guest_still_expected',
        `They are waited for in ${named(error.uids)}. Nothing was changed; cancel (in the command: --cancel) takes them out of what is to come.`,
      );
    case 'StillTelling':
      return apiError(
        'guest_still_told',
        `They are still being told something in ${named(error.uids)}. Try again in a moment.`,
      );
    case 'InClear':
      return apiError(
        'personal_data_in_clear',
        `${error.events} events have their data in the clear, from before it was sealed. Stop the server and run "holdfast privacy seal" first.`,
      );
    case 'StillRead':
      return apiError(
        'store_unavailable',
        'They are forgotten, but somebody reads the files of the server, as an audit or a backup does: what was written over is still in them. Ask once more when that is over.',
        { retryAfterSeconds: RETRY_AFTER_S },
      );
    case 'NotCancelled':
      return apiError('booking_not_cancellable', `Booking ${error.uid} could not be cancelled.`);
    case 'Unavailable':
      return notEverywhere(error.reason);
    case 'RevisionConflict':
    case 'OutcomeUnknown':
    case 'TooLarge':
    case 'Corrupt':
      return fromApplication(error);
  }
};

const notSealed = apiError(
  'personal_data_in_clear',
  'Personal data is not sealed on this log, so nobody can be forgotten: give all nodes the same HOLDFAST_PRIVACY_KEYS.',
);

/** What a disk or the system said, as on a full disk: it has a code of its own. */
const isOfSystem = (thrown: unknown): boolean => isObject(thrown) && typeof thrown.errno === 'number';

const withKeys = async <A>(
  { privacy }: Deps,
  use: (privacy: Privacy) => Promise<E.Either<ApiError, A>>,
): Promise<E.Either<ApiError, A>> => {
  if (privacy === null) return E.left(notSealed);
  try {
    return await use(privacy);
  } catch (thrown) {
    if (!isOfSystem(thrown)) throw thrown;
    return E.left(notEverywhere(messageOf(thrown)));
  }
};

const decodePerson = decodeBody(object({ email: mailAddress }));
const decodeForgetting = decodeBody(object({ email: mailAddress, cancel: withDefault(flag, false) }));
const decodeNothing = decodeBody(object({}));

/** `POST /v2/holdfast/privacy/export`: everything that the log has of a person. By POST, so that no address is in a URL. */
export const postExport =
  (deps: Deps & Pick<HttpDeps, 'audit'>): EndpointHandler =>
  async (request) => {
    const body = decodePerson(request.body);
    if (E.isLeft(body)) return body;
    return withKeys(deps, async ({ exportPerson }) => {
      // In the log before anything is looked up, as what auditors read: also for somebody of whom nothing is known.
      const noted = await deps.audit.noteReading(request.caller?.id ?? '', 'person');
      if (E.isLeft(noted)) return E.left(fromApplication(noted.left));
      return pipe(await exportPerson(body.right.email), E.bimap(fromApplication, success));
    });
  };

/** `POST /v2/holdfast/privacy/forget`: a person is forgotten, in the log and wherever this server reaches. Again: the same. */
export const postForget =
  (deps: Deps): EndpointHandler =>
  async (request) => {
    const body = decodeForgetting(request.body);
    if (E.isLeft(body)) return body;
    const { email, cancel } = body.right;
    return withKeys(deps, async ({ forgetPerson }) => {
      const forgotten = await forgetPerson(email, { cancel, actorId: request.caller?.id ?? '' });
      return E.isLeft(forgotten) ? E.left(fromForgetting(forgotten.left)) : E.right(success(forgotten.right));
    });
  };

/** `POST /v2/holdfast/privacy/rotate-key`: every key is wrapped anew, the wrapping key of before is destroyed, and the log says so. */
export const postRotateKey =
  (deps: Deps & Pick<HttpDeps, 'audit'>): EndpointHandler =>
  async (request) => {
    const body = decodeNothing(request.body ?? {});
    if (E.isLeft(body)) return body;
    return withKeys(deps, async ({ rotateKey }) => {
      const keys = await rotateKey();
      const noted = await deps.audit.noteWrappingKey(request.caller?.id ?? '', keys);
      return E.isLeft(noted) ? E.left(fromApplication(noted.left)) : E.right(success({ keys }));
    });
  };
