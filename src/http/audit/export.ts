import * as E from 'fp-ts/lib/Either.js';
import { checkHost } from '../../application/audit/read-for-audit.ts';
import { nullable, object, withDefault } from '../../domain/decoding/codec.ts';
import { dateTime, oneOf } from '../../domain/decoding/values.ts';
import { CSV_HEADER } from '../../projections/audit/booking-csv.ts';
import { exportFormats, exportLines } from '../../projections/audit/export-lines.ts';
import { selectableStatuses } from '../../projections/audit/selected-bookings.ts';
import { covers, hostIdOf } from '../access/caller.ts';
import { numeral, parameter, periodOf } from '../decoding/decode.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type HttpAnswer, type QueryHandler, withQuery } from '../transport/endpoint.ts';
import { beyondEnd } from './feed.ts';
import { fromAudit, hostNotFound } from './questions.ts';
import { whileAsked } from './while-asked.ts';

type Deps = Pick<HttpDeps, 'audit' | 'hosts'>;

/** Lines after which an answer ends; a booking's events are never parted, so it may be a few more. */
const MOST_EXPORT_LINES = 1_000;

const exportQuery = periodOf(
  object({
    format: withDefault(oneOf(exportFormats), 'ndjson'),
    host: nullable(parameter),
    eventType: nullable(parameter),
    status: nullable(oneOf(selectableStatuses)),
    from: nullable(dateTime),
    to: nullable(dateTime),
    after: withDefault(numeral(), 0),
  }),
);

const mediaTypes = { ndjson: 'application/x-ndjson; charset=utf-8', csv: 'text/csv; charset=utf-8' } as const;

/** Whether an answer has anybody in it: a row of the table is somebody's, an event that with a part for what is personal. */
export const exportHasPeople = (answer: HttpAnswer): boolean =>
  answer.type === 'text' &&
  (answer.mediaType === mediaTypes.csv ? answer.text !== '' : answer.text.includes('"personal":'));

/**
 * `GET /v2/holdfast/audit/export`: as `audit export`, a page at a time. `Holdfast-Next` goes into `after`; the last page is
 * the one without lines. A key of one host gets the bookings of that host.
 */
export const getExport = ({ audit, hosts }: Deps): QueryHandler =>
  withQuery(exportQuery, async (request, { format, host, eventType, status, from, to, after }) => {
    const { caller } = request;
    const gone = request.whenGone();
    if (host !== null && !covers(caller, host)) return E.left(hostNotFound);
    const isConfigured = host === null || hosts.some(({ id }) => id === host);
    const known = isConfigured ? E.right(null) : await checkHost(audit.log, host);
    if (E.isLeft(known)) return E.left(fromAudit(known.left));
    const head = await audit.log.head()();
    if (E.isLeft(head)) return E.left(fromApplication(head.left));
    if (after > head.right) return E.left(beyondEnd(head.right));
    const selection = { hostId: host ?? hostIdOf(caller), eventType, status, from, to };
    const zoneOfHost = (hostId: string) => hosts.find(({ id }) => id === hostId)?.timeZone ?? null;
    const lines: string[] = [];
    let next = after;
    for await (const chunk of exportLines(whileAsked(format === 'ndjson' ? audit.stored : audit.log, gone), {
      format,
      selection,
      after,
      upTo: head.right,
      zoneOfHost,
    })) {
      if (E.isLeft(chunk)) return E.left(fromApplication(chunk.left));
      lines.push(...chunk.right.lines);
      next = chunk.right.position;
      if (lines.length >= MOST_EXPORT_LINES) break;
    }
    if (lines.length === 0) next = Math.max(after, head.right);
    else if (format === 'csv' && after === 0) lines.unshift(CSV_HEADER);
    const text = lines.map((line) => `${line}\n`).join('');
    const headers = { 'Cache-Control': 'no-store', 'Holdfast-Next': String(next) };
    return E.right({ type: 'text', mediaType: mediaTypes[format], text, headers });
  });
