import * as E from 'fp-ts/lib/Either.js';
import type { MailFailure } from '../../../application/ports/delivery.ts';

type Sending = Promise<E.Either<MailFailure, void>>;

type MailsInFlight = {
  /** Starts the work, or answers `try-later` when closed. */
  readonly run: (work: () => Sending) => Sending;
  /** Takes no new work and waits for what is in flight. */
  readonly close: () => Promise<void>;
};

/** The mails that a mailer is sending just now, so that closing it cuts none of them short. */
export const mailsInFlight = (): MailsInFlight => {
  const running = new Set<Sending>();
  let closed = false;
  return {
    run: (work) => {
      if (closed) return Promise.resolve(E.left({ type: 'try-later', message: 'the mailer is closed' }));
      const sending = work();
      running.add(sending);
      return sending.finally(() => running.delete(sending));
    },
    close: async () => {
      closed = true;
      await Promise.allSettled(running);
    },
  };
};
