import { expect } from 'vitest';
import type { ErrorCode } from '../../../src/http/errors/api-error.ts';
import type { Reply } from '../../support/http-client.ts';
import { at } from '../../support/http-client.ts';
import { expectReply } from './schema.ts';
import { errorAnswer } from './schemas.ts';

/** Asserts the one error body, its code everywhere it is said, and the fields that are named. */
export const expectError = (reply: Reply, status: number, code: ErrorCode, fields?: ReadonlyArray<string>): void => {
  expectReply(reply, status, errorAnswer);
  const errors = at(reply.body, 'error', 'details', 'errors');
  const named = Array.isArray(errors) ? errors.map((error) => at(error, 'field')) : [];
  expect({
    code: at(reply.body, 'error', 'code'),
    statusCode: at(reply.body, 'statusCode'),
    nested: at(reply.body, 'error', 'details', 'statusCode'),
    message: at(reply.body, 'message'),
    ...(fields === undefined ? {} : { fields: named.toSorted() }),
  }).toEqual({
    code,
    statusCode: status,
    nested: status,
    message: at(reply.body, 'error', 'message'),
    ...(fields === undefined ? {} : { fields: fields.toSorted() }),
  });
  expect(reply.text).not.toMatch(/\bat .*\.ts:\d+|node_modules/);
};
