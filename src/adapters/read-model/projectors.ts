import type { DatabaseSync } from 'node:sqlite';
import * as E from 'fp-ts/lib/Either.js';
import { type Projection, type Told, changesOf, type RowTable } from '../../projections/projection.ts';
import { type HeldRows, holdRows } from './held-rows.ts';
import { bookingsProjection, bookingsTable } from '../../projections/bookings/bookings-projection.ts';
import { calendarBookingsFold, calendarHealthFold } from '../../projections/calendar-health/calendar-health-fold.ts';
import { calendarBookingsTable, calendarHealthTable } from '../../projections/calendar-health/calendar-health-table.ts';
import { outboxProjection } from '../../projections/outbox/outbox-projection.ts';
import { outboxTable } from '../../projections/outbox/outbox-table.ts';
import { messageOf } from '../../domain/unknown.ts';

/**
 * A projection at work on an open file. `take` answers why the projection cannot fold the event, and has changed nothing
 * then; null when all is well. What the file itself has to say is thrown.
 */
export type Projector = Pick<HeldRows<unknown>, 'write' | 'trim' | 'forget' | 'size'> & {
  readonly name: string;
  readonly take: (told: Told) => string | null;
};

/** A projection with its table, whatever its rows are. */
export type Part = {
  readonly name: string;
  readonly schema: string;
  readonly indexes: string;
  readonly open: (db: DatabaseSync) => Projector;
};

/** The same with its rows in reach. */
export type PartOf<Row> = Omit<Part, 'open'> & {
  readonly open: (db: DatabaseSync) => Projector & Pick<HeldRows<Row>, 'get'>;
};

const attempt = <A>(task: () => A): E.Either<string, A> => E.tryCatch(task, (thrown) => messageOf(thrown));

const partOf = <Row>(projection: Projection<Row>, table: RowTable<Row>): PartOf<Row> => ({
  name: projection.name,
  schema: table.schema,
  indexes: table.indexes,
  open: (db) => {
    const rows = holdRows(table.open(db), projection.initial);
    const take = (told: Told): string | null => {
      const changes = attempt(() => changesOf(projection, told));
      if (E.isLeft(changes)) return changes.left;
      const before = changes.right.map(({ key, to }) => ({ key, to, row: rows.get(key) }));
      const after = attempt(() => before.map(({ key, to, row }) => ({ key, row: to(row) })));
      if (E.isLeft(after)) return after.left;
      for (const { key, row } of after.right) rows.put(key, row);
      return null;
    };
    const { get, write, trim, forget, size } = rows;
    return { name: projection.name, take, get, write, trim, forget, size };
  },
});

/** Raised whenever a projection makes other rows of the same events, so that older files are rebuilt. */
export const READ_MODEL_VERSION = 6;

/** The bookings come first: the others are told of each event together with the booking before and after it. */
export const bookingsPart = partOf(bookingsProjection, bookingsTable);

export const otherParts: ReadonlyArray<Part> = [
  partOf(calendarHealthFold, calendarHealthTable),
  partOf(calendarBookingsFold, calendarBookingsTable),
  partOf(outboxProjection, outboxTable),
];
