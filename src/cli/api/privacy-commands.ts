import * as t from 'io-ts';
import { type CliContext, counted, type ExitCode } from '../terminal.ts';
import { answerOf } from './answers.ts';
import { runRequest, type ServerOptions } from './client.ts';

const PRIVACY = '/v2/holdfast/privacy';

const exportAnswer = answerOf(
  t.type({
    mailbox: t.string,
    subject: t.string,
    inClear: t.number,
    bookings: t.array(
      t.type({
        uid: t.string,
        status: t.string,
        title: t.string,
        start: t.string,
        end: t.string,
        people: t.array(t.string),
        mails: t.array(t.UnknownRecord),
        events: t.array(t.UnknownRecord),
      }),
    ),
  }),
);
const forgottenAnswer = answerOf(
  t.type({ subject: t.string, bookings: t.number, alreadyErased: t.number, keys: t.number, mails: t.number }),
);
const rotatedAnswer = answerOf(t.type({ keys: t.number }));

/** Prints everything that is known of a person, as JSON: it is made for them, and for programs. */
export const printPerson = (context: CliContext, email: string, options: ServerOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) => ask(exportAnswer, { method: 'POST', path: `${PRIVACY}/export`, body: { email } }),
    data: ({ data }) => data,
    lines: ({ data }) => [JSON.stringify(data, null, 2)],
  });

export type ForgetOptions = ServerOptions & { readonly cancel?: true };

export const requestForgetting = (context: CliContext, email: string, options: ForgetOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) =>
      ask(forgottenAnswer, {
        method: 'POST',
        path: `${PRIVACY}/forget`,
        body: { email, cancel: options.cancel === true },
      }),
    data: ({ data }) => data,
    lines: ({ data: { subject, bookings, alreadyErased, keys, mails } }) => [
      `forgotten: ${counted(bookings, 'booking')} erased (${alreadyErased} before), ${counted(keys, 'key')} destroyed, ${counted(mails, 'mail file')} removed`,
      `the log knows them as ${subject}, from which nobody can tell who it was`,
    ],
  });

export const rotateWrappingKey = (context: CliContext, options: ServerOptions): Promise<ExitCode> =>
  runRequest(context, options, {
    ask: (ask) => ask(rotatedAnswer, { method: 'POST', path: `${PRIVACY}/rotate-key`, body: {} }),
    data: ({ data }) => data,
    lines: ({ data }) => [
      `${counted(data.keys, 'key')} ${data.keys === 1 ? 'is' : 'are'} wrapped with a new key; the one before is destroyed`,
    ],
  });
