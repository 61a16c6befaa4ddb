import { Ajv } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { expect } from 'vitest';
import type { Reply } from '../../support/http-client.ts';

// The package is CommonJS: under Node's rules its function is the default's default.
const addFormats = addFormatsModule.default;
const ajv = addFormats(new Ajv({ strict: true, allErrors: true, allowUnionTypes: true }));

export type Schema = { readonly [keyword: string]: unknown };

/** All of `required` and any of `optional`; more is allowed, since clients must bear additions. */
export const object = (
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema => ({
  type: 'object',
  required: Object.keys(required),
  properties: { ...required, ...optional },
});
export const list = (items: Schema): Schema => ({ type: 'array', items });
export const text: Schema = { type: 'string' };
export const whole: Schema = { type: 'integer' };
export const flag: Schema = { type: 'boolean' };
export const nothing: Schema = { type: 'null' };
export const nullable = (schema: Schema): Schema => ({ anyOf: [schema, nothing] });
export const oneOf = (...values: ReadonlyArray<string | number>): Schema => ({ enum: values });
/** UTC with milliseconds, as Cal.com writes times. */
export const utcInstant: Schema = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' };
export const email: Schema = { type: 'string', format: 'email' };

export const success = (data: Schema, more: Readonly<Record<string, Schema>> = {}): Schema =>
  object({ status: { const: 'success' }, data, ...more });

/** Asserts the status and that the body is as the contract says. */
export const expectReply = (reply: Reply, status: number, schema: Schema): void => {
  const validate = ajv.compile(schema);
  const valid = validate(reply.body);
  expect({ status: reply.status, faults: valid ? [] : validate.errors, body: reply.body }).toEqual({
    status,
    faults: [],
    body: reply.body,
  });
};
