import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Mail, Mailer, MailFailure } from '../../src/application/ports/delivery.ts';

export type RecordingMailer = {
  readonly mailer: Mailer;
  /** What was taken. */
  readonly mails: ReadonlyArray<Mail>;
  /** The next sendings fail so, one by one. */
  readonly fail: (...failures: ReadonlyArray<MailFailure>) => void;
};

/** A stand-in for a mail server: keeps what it takes, and fails as it is told to. */
export const recordingMailer = (): RecordingMailer => {
  const mails: Mail[] = [];
  const planned: MailFailure[] = [];
  return {
    mails,
    fail: (...failures) => void planned.push(...failures),
    mailer: {
      transport: 'smtp',
      send: (mail) => () => {
        const failure = planned.shift();
        if (failure !== undefined) return TE.left<MailFailure, void>(failure)();
        mails.push(mail);
        return TE.right<MailFailure, void>(undefined)();
      },
      close: () => Promise.resolve(),
    },
  };
};
