import * as E from 'fp-ts/lib/Either.js';
import { object, optional } from '../../domain/decoding/codec.ts';
import { naturalNumber } from '../../domain/decoding/values.ts';
import { decodeBody } from '../decoding/decode.ts';
import { apiError } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import type { EndpointHandler } from '../transport/endpoint.ts';
import { success } from '../transport/endpoint.ts';

type Deps = Pick<HttpDeps, 'consumers' | 'leases'>;

/**
 * `GET /v2/holdfast/consumers`: how far each consumer group of this node has got, what is parked on any node, and, where
 * several nodes share the log, how often another one was faster since this one started.
 */
export const getConsumers =
  ({ consumers, leases }: Deps): EndpointHandler =>
  async () => {
    const [groups, parked] = await Promise.all([consumers.status()(), consumers.parked()()]);
    if (E.isLeft(groups)) return E.left(fromApplication(groups.left));
    if (E.isLeft(parked)) return E.left(fromApplication(parked.left));
    const counts = leases();
    const shown = { groups: groups.right, parked: parked.right };
    return E.right(success(counts === null ? shown : { ...shown, leases: counts }));
  };

const decodeReplay = decodeBody(object({ position: optional(naturalNumber) }));

/** `POST /v2/holdfast/parked/{group}/replay`: the group's parked messages again; with `position` only that one. */
export const postReplay =
  ({ consumers }: Pick<Deps, 'consumers'>): EndpointHandler =>
  async ({ params, body }) => {
    const wanted = decodeReplay(body);
    if (E.isLeft(wanted)) return wanted;
    const name = params.group ?? '';
    const groups = await consumers.status()();
    if (E.isLeft(groups)) return E.left(fromApplication(groups.left));
    if (!groups.right.some((group) => group.name === name))
      return E.left(apiError('consumer_group_not_found', 'There is no consumer group of this name.'));
    const replayed = await consumers.replayParked(name, wanted.right.position)();
    return E.isLeft(replayed)
      ? E.left(fromApplication(replayed.left))
      : E.right(success({ group: name, replayed: replayed.right }));
  };
