/**
 * What one booking costs a log in EventStoreDB: calls, events, appends and bytes, for sizing. One node, on the protocol
 * stand-in: hosts without calendars and mails to a folder, and the same with a calendar that takes everything and one
 * webhook. A host and a guest are told. `--bookings=n`, `--in-flight=n`, `--quick`. `test/composition/calls-of-a-booking.test.ts` guards
 * the calls.
 */
import { type Footprint, measureFootprint } from '../test/support/footprint.ts';
import { numberFlag, quick } from './support/measure.ts';

const BOOKINGS = numberFlag('bookings', quick ? 20 : 200);
const IN_FLIGHT = numberFlag('in-flight', 1);

const show = (title: string, { appends, reads, written }: Footprint): void => {
  const perBooking = (figure: number): string => (figure / BOOKINGS).toFixed(2);
  process.stdout.write(
    `\n${title}, per booking, on the protocol stand-in: events, appends, bytes of data and metadata\n`,
  );
  for (const [name, share] of [...written].toSorted(([a], [b]) => a.localeCompare(b))) {
    const figures = [share.events, share.appends, share.bytes].map((figure) => perBooking(figure).padStart(9)).join('');
    process.stdout.write(`  ${name.padEnd(28)}${figures}\n`);
  }
  process.stdout.write(`  calls of one node: ${perBooking(appends)} appends, ${perBooking(reads)} reads\n`);
};

const plain = await measureFootprint('plain', BOOKINGS, IN_FLIGHT);
show('hosts without calendars', plain);
const calendar = await measureFootprint('calendar', BOOKINGS, IN_FLIGHT);
show('a calendar and a webhook', calendar);
const figuresOf = ({ appends, reads, written }: Footprint) => ({
  appends: appends / BOOKINGS,
  reads: reads / BOOKINGS,
  written: Object.fromEntries([...written].map(([name, share]) => [name.trim(), share])),
});
process.stdout.write(
  `${JSON.stringify({ bench: 'footprint', bookings: BOOKINGS, plain: figuresOf(plain), calendar: figuresOf(calendar) })}\n`,
);
