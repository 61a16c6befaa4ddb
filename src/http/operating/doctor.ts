import * as E from 'fp-ts/lib/Either.js';
import { differenceKinds } from '../../application/doctor/difference.ts';
import { nullable, object, withDefault } from '../../domain/decoding/codec.ts';
import { line, naturalNumber, oneOf } from '../../domain/decoding/values.ts';
import { decodeBody, numeral } from '../decoding/decode.ts';
import { fromCalendarHealth } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type EndpointHandler, type QueryHandler, success, withQuery } from '../transport/endpoint.ts';

/** `GET /v2/holdfast/doctor?step=`: one step of comparing log, calendars and notifications. Changes nothing. */
export const getDoctor = (deps: Pick<HttpDeps, 'examine'>): QueryHandler =>
  withQuery(object({ step: withDefault(numeral(0, 1_000_000), 0) }), async (_request, { step }) => {
    const found = await deps.examine(step);
    return E.isLeft(found) ? E.left(fromCalendarHealth(found.left)) : E.right(success(found.right));
  });

const decodeDifference = decodeBody(
  object(
    {
      kind: oneOf(differenceKinds),
      bookingUid: nullable(line(200)),
      calendarId: nullable(line(200)),
      hostId: nullable(line(200)),
      group: nullable(line(300)),
      position: nullable(naturalNumber),
    },
    { ignored: 'any-other' },
  ),
);

/** `POST /v2/holdfast/doctor/settle`: one difference, as the doctor named it, is looked at again and settled. 200 with what came. */
export const postSettle =
  (deps: Pick<HttpDeps, 'settle'>): EndpointHandler =>
  async ({ body, caller }) => {
    const meant = decodeDifference(body);
    if (E.isLeft(meant)) return meant;
    return E.right(success(await deps.settle(meant.right, caller?.id ?? '')));
  };
