import * as E from 'fp-ts/lib/Either.js';
import {
  type ApiKeyError,
  type ApiKeyRole,
  apiKeyRoles,
  type Revocation,
} from '../../application/ports/keys-and-tokens.ts';
import { reveal } from '../../application/secret.ts';
import { list, nullable, object } from '../../domain/decoding/codec.ts';
import { line, oneOf } from '../../domain/decoding/values.ts';
import { decodeBody } from '../decoding/decode.ts';
import { type ApiError, apiError, fieldError, fieldErrors } from '../errors/api-error.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { Catalog, HttpDeps } from '../http-deps.ts';
import { type Caller, type EndpointHandler, success } from '../transport/endpoint.ts';

type KeyDeps = Pick<HttpDeps, 'manageKeys'>;

const fromKeyError = (error: ApiKeyError): ApiError =>
  error.type === 'TooManyKeys'
    ? apiError('too_many_keys', `There are ${error.limit} keys that are not revoked, which is the most: revoke some.`)
    : fromApplication(error);

/** `GET /v2/holdfast/keys`: all keys, revoked ones too; never the keys themselves, which are kept hashed. */
export const getKeys =
  ({ manageKeys }: KeyDeps): EndpointHandler =>
  async () => {
    const keys = await manageKeys.list()();
    return E.isLeft(keys) ? E.left(fromKeyError(keys.left)) : E.right(success({ keys: keys.right }));
  };

const decodeKey = decodeBody(
  object({ name: line(200), roles: list(oneOf(apiKeyRoles), apiKeyRoles.length, 1), hostId: nullable(line(200)) }),
);

/** Nobody gives what they do not have: whoever has a key that operates cannot make themselves one that audits. */
const missingRoles = (caller: Caller, roles: ReadonlyArray<ApiKeyRole>): ApiError | null => {
  const missing = roles.filter((role) => caller?.roles.includes(role) !== true);
  return missing.length === 0
    ? null
    : apiError('forbidden', `A key can give only the roles that it has itself, and it has not: ${missing.join(', ')}.`);
};

/** `POST /v2/holdfast/keys`: makes a key; the answer has it in clear, this once. */
export const postKey =
  ({ manageKeys }: KeyDeps, catalog: Catalog): EndpointHandler =>
  async (request) => {
    const body = decodeKey(request.body);
    if (E.isLeft(body)) return body;
    const { name, roles, hostId } = body.right;
    const refused = missingRoles(request.caller, roles);
    if (refused !== null) return E.left(refused);
    if (hostId !== null && catalog.hostById(hostId) === undefined)
      return E.left(fieldErrors([fieldError('hostId', 'unknown', 'hostId is not the id of a host')]));
    const wanted = { name, roles: [...new Set(roles)], hostId };
    const made = await manageKeys.create(wanted, request.caller?.id)();
    if (E.isLeft(made)) return E.left(fromKeyError(made.left));
    return E.right(success({ ...made.right.apiKey, key: reveal(made.right.key) }, {}, 201));
  };

const unrevoked: Readonly<Record<Exclude<Revocation, 'revoked' | 'already-revoked'>, ApiError>> = {
  unknown: apiError('key_not_found', 'There is no key with this id.'),
  'from-environment': apiError('key_from_environment', 'This is the key of HOLDFAST_API_KEY, and ends with it.'),
};

/** `DELETE /v2/holdfast/keys/{id}`: the key opens nothing from now on; on other nodes within seconds. Again: the same answer. */
export const deleteKey =
  ({ manageKeys }: KeyDeps): EndpointHandler =>
  async (request) => {
    const id = request.params.id ?? '';
    const revoked = await manageKeys.revoke(id, request.caller?.id)();
    if (E.isLeft(revoked)) return E.left(fromKeyError(revoked.left));
    return revoked.right === 'revoked' || revoked.right === 'already-revoked'
      ? E.right(success({ id, revoked: true }))
      : E.left(unrevoked[revoked.right]);
  };
