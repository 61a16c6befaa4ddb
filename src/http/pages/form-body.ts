import type { RequestHandler } from 'express';
import express from 'express';
import { bodyOf } from '../transport/json-body.ts';
import type { Refuse } from '../transport/run-endpoint.ts';

const FORM = 'application/x-www-form-urlencoded';

/** Bytes of a form: room for the longest reason, whose characters may take nine bytes each (`%E2%82%AC`). */
export const MAX_FORM_BYTES = 16_384;

/** Reads forms as they came, as text; `fieldOf` takes them apart. */
export const formBody = (refuse: Refuse): RequestHandler =>
  bodyOf(express.text({ type: FORM, limit: MAX_FORM_BYTES }), FORM, refuse);

/** A field's text with line breaks as LF (forms send CRLF); empty where it is missing. The first one counts. */
export const fieldOf = (body: unknown, name: string): string =>
  typeof body === 'string' ? (new URLSearchParams(body).get(name) ?? '').replaceAll('\r\n', '\n') : '';
