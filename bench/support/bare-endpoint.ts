/**
 * The anchor of the endpoint's benches: what a careful person starts with, express and io-ts doing nothing. It parses and
 * decodes a booking request and answers; no schedule, no decision, no disk. A process of its own, as the server is.
 */
import express from 'express';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

const codec = t.intersection([
  t.type({
    start: t.string,
    eventTypeId: t.number,
    attendee: t.type({ name: t.string, email: t.string, timeZone: t.string, language: t.string }),
  }),
  t.partial({
    guests: t.array(t.string),
    metadata: t.record(t.string, t.string),
    bookingFieldsResponses: t.record(t.string, t.string),
  }),
]);

const app = express();
app.use(express.json());
app.post('/v2/bookings', (req, res) => {
  const body = codec.decode(req.body);
  if (isLeft(body)) res.status(400).json({ status: 'error' });
  else res.status(201).json({ status: 'success', data: { start: body.right.start } });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
});
process.once('SIGTERM', () => server.close(() => process.exit(0)));
