import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** What the stand-in says of a name: its addresses, that there is none, a fault of the server, or nothing at all, ever. */
export type DnsAnswer = ReadonlyArray<string> | 'no-such-name' | 'fault' | 'silence';

const TYPE_A = 1;
const TYPE_AAAA = 28;

/** RFC 1035 section 4.1.2: labels with their lengths before them, up to an empty one. */
const questionOf = (query: Buffer): { readonly name: string; readonly type: number; readonly end: number } => {
  const labels: Array<string> = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
};

const bytesOf = (address: string): Buffer =>
  address.includes(':')
    ? Buffer.from(
        address
          .replace('::', `:${'0:'.repeat(9 - address.split(':').length)}`)
          .replace(/^:/, '')
          .split(':')
          .map((part) => part.padStart(4, '0'))
          .join(''),
        'hex',
      )
    : Buffer.from(address.split('.').map(Number));

/** RFC 1035 section 4.1.3; the name is a pointer to the question. 60 seconds to live. */
const record = (type: number, address: string): Buffer => {
  const bytes = bytesOf(address);
  const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, bytes.length]);
  return Buffer.concat([head, bytes]);
};

const RESPONSE = 0x8180;
const SERVER_FAILURE = 2;
const NAME_ERROR = 3;

const answerTo = (query: Buffer, answer: Exclude<DnsAnswer, 'silence'>): Buffer => {
  const { type, end } = questionOf(query);
  const wanted = typeof answer === 'string' ? [] : answer.filter((one) => one.includes(':') === (type === TYPE_AAAA));
  const header = Buffer.from(query.subarray(0, 12));
  const code = answer === 'no-such-name' ? NAME_ERROR : answer === 'fault' ? SERVER_FAILURE : 0;
  header.writeUInt16BE(RESPONSE | code, 2);
  header.writeUInt16BE(wanted.length, 6);
  header.writeUInt16BE(0, 10);
  return Buffer.concat([header, query.subarray(12, end), ...wanted.map((one) => record(type, one))]);
};

/** `asked`: names and types in the order of the questions. */
export type DnsServer = {
  readonly address: string;
  readonly asked: () => ReadonlyArray<string>;
  readonly close: () => Promise<void>;
};

/** A stand-in for a DNS server, over UDP on this machine. */
export const startDnsServer = async (
  answerFor: (name: string, type: 'A' | 'AAAA') => DnsAnswer,
): Promise<DnsServer> => {
  const socket = createSocket('udp4');
  const asked: Array<string> = [];
  socket.on('message', (query, from) => {
    const question = questionOf(query);
    const type = question.type === TYPE_A ? 'A' : 'AAAA';
    asked.push(`${question.name} ${type}`);
    const answer = answerFor(question.name, type);
    if (answer !== 'silence') socket.send(answerTo(query, answer), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked: () => asked,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
};
