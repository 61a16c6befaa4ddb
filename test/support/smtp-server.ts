import type { Socket } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { localhostCertificate, localhostKey } from './localhost-certificate.ts';

export type Step = 'connect' | 'mail' | 'rcpt' | 'data';

/**
 * What the server does at one step: answers with a code of its own, cuts the connection (at `data`: after the whole body
 * was taken in and kept), or never answers (`kept`, at `data`: the body was taken in and kept). A plan is used up entry by
 * entry; after it the server accepts.
 */
export type Fault =
  | { readonly at: Step; readonly reply: number; readonly text?: string }
  | { readonly at: Step; readonly cut: true }
  | { readonly at: Step; readonly stall: true; readonly kept?: true };

export type SmtpServerOptions = {
  readonly faults?: ReadonlyArray<Fault>;
  readonly security?: 'tls' | 'starttls' | 'none';
  readonly login?: { readonly user: string; readonly password: string };
  /** Without SMTPUTF8 (RFC 6531) the server does not know addresses beyond ASCII. Default: with it. */
  readonly withoutSmtpUtf8?: true;
  /** Addresses that are refused for ever, by what is said about them. */
  readonly unknown?: Readonly<Record<string, string>>;
  /** Answer to a wrong login. */
  readonly loginRefusal?: string;
};

export type ReceivedMail = {
  readonly from: string;
  readonly to: ReadonlyArray<string>;
  readonly secure: boolean;
  /** The client said that the mail needs SMTPUTF8. */
  readonly smtpUtf8: boolean;
  readonly raw: Buffer;
};

export type TestSmtpServer = {
  readonly port: number;
  readonly received: ReadonlyArray<ReceivedMail>;
  /** Every command as it came over the wire; `received` has domains out of punycode. */
  readonly commands: ReadonlyArray<string>;
  /** Added to what is left of the plan. */
  readonly next: (fault: Fault) => void;
  /** Connections that clients opened since the start. */
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
};

type Done = (error?: Error | null) => void;

const replyError = (responseCode: number, text = 'as the test planned'): Error =>
  Object.assign(new Error(text), { responseCode });

const bodyOf = async (stream: AsyncIterable<Buffer>): Promise<Buffer> => Buffer.concat(await Array.fromAsync(stream));

const unheard = (): void => undefined;
/** The server's log of what it does has each line of a client after `C:`. */
const heard =
  (commands: string[]) =>
  (_facts: unknown, direction: string, line: string): void => {
    if (direction === 'C:') commands.push(line);
  };

/** A real SMTP server (`smtp-server`) on a free port of 127.0.0.1 that keeps what it gets and fails where `faults` says. */
export const startSmtpServer = async (options: SmtpServerOptions = {}): Promise<TestSmtpServer> => {
  const plan = [...(options.faults ?? [])];
  const received: ReceivedMail[] = [];
  const commands: string[] = [];
  const sockets = new Map<number, Socket>();
  let connections = 0;

  const take = (step: Step): Fault | undefined => {
    const index = plan.findIndex((fault) => fault.at === step);
    return index === -1 ? undefined : plan.splice(index, 1)[0];
  };
  const answer = (fault: Fault | undefined, session: SMTPServerSession, done: Done): void => {
    if (fault === undefined) done();
    else if ('reply' in fault) done(replyError(fault.reply, fault.text));
    else if ('cut' in fault) sockets.get(session.remotePort)?.destroy();
  };

  const security = options.security ?? 'none';
  const server = new SMTPServer({
    secure: security === 'tls',
    key: localhostKey,
    cert: localhostCertificate,
    disabledCommands: security === 'none' ? ['STARTTLS'] : [],
    logger: { info: unheard, warn: unheard, error: unheard, debug: heard(commands) },
    hideSMTPUTF8: options.withoutSmtpUtf8 ?? false,
    authOptional: options.login === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 1,
    onConnect: (session, done) => answer(take('connect'), session, done),
    onAuth: (auth, _session, done) => {
      const right = auth.username === options.login?.user && auth.password === options.login?.password;
      if (right) done(null, { user: auth.username });
      else done(replyError(535, options.loginRefusal));
    },
    onMailFrom: (_address, session, done) => answer(take('mail'), session, done),
    onRcptTo: ({ address: recipient }, session, done) => {
      const text = options.unknown?.[recipient];
      answer(text === undefined ? take('rcpt') : { at: 'rcpt', reply: 550, text }, session, done);
    },
    onData: (stream, session, done) => {
      bodyOf(stream).then((raw) => {
        const fault = take('data');
        const { mailFrom, rcptTo } = session.envelope;
        const addresses = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) };
        if (fault === undefined || 'cut' in fault || 'kept' in fault)
          received.push({ ...addresses, secure: session.secure, smtpUtf8: session.envelope.smtpUtf8 === true, raw });
        answer(fault, session, done);
      }, done);
    },
  });
  // A client that goes away in the middle is part of the tests.
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    connections += 1;
    const { remotePort } = socket;
    if (remotePort === undefined) return;
    sockets.set(remotePort, socket);
    socket.once('close', () => sockets.delete(remotePort));
  });
  const listening = Promise.withResolvers<void>();
  const listener = server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the SMTP server has no port');
  return {
    port: address.port,
    received,
    commands,
    next: (fault) => void plan.push(fault),
    connections: () => connections,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
};
