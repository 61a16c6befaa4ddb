#!/usr/bin/env node
// Checks a proof that `holdfast audit prove` wrote. It needs Node 18 or newer, and nothing of Holdfast.
//   node check-proof.js <verifier key, or a file with it> < proof.json
// The verifier key is what `holdfast audit head --key` printed to you at some earlier time, from the operator's mouth. A proof
// that was signed with a later key holds where each key has signed for the next one, and one that was signed with an earlier
// key where each later one has signed for the one before it as well.
// Exit code 0: the proof holds. 1: it does not, and the line says why. 2: it was called wrongly.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const hex = (text) => createHash('sha256').update(text).digest('hex');
const fail = (reason) => {
  console.error(`the proof does not hold: ${reason}`);
  process.exit(1);
};

// The one spelling of a JSON value (RFC 8785): keys sorted, no white space.
const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
};

// An event's hash covers the hash before it in its stream and its content: personal data as it was sealed, or, where it
// was written in the clear, as a digest.
const eventHash = (previous, { id, type, version, data, occurredAt, actor, correlationId, causationId }) => {
  const { personal } = data;
  const keys = Object.keys(personal ?? {}).join();
  const digest = () =>
    /^(erased|erased,sealed|sealed,erased)$/.test(keys) ? personal.erased : hex(canonical(personal));
  const shown = personal && keys !== 'sealed' ? { ...data, personal: { erased: digest() } } : data;
  return hex(previous + canonical({ actor, causationId, correlationId, data: shown, id, occurredAt, type, version }));
};

// RFC 9162, section 2.1.3.2.
const rootOf = (index, size, leaf, proof) => {
  let [at, last, root] = [index, size - 1, leaf];
  for (const hash of proof) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      root = sha256(Buffer.of(1), hash, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    } else root = sha256(Buffer.of(1), root, hash);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : null;
};

const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error('usage: node check-proof.js <verifier key, or a file with it> < proof.json');
  process.exit(2);
}

// The verifier key of a signed note: name, hash and key, with plus signs between (C2SP signed-note).
const keyOf = (text) => {
  const [name, keyHash, ...blob] = text.split('+');
  const typed = Buffer.from(blob.join('+'), 'base64');
  if (typed[0] !== 1 || typed.length !== 33) fail('the verifier key is no Ed25519 key');
  if (sha256(`${name}\n`, typed).subarray(0, 4).toString('hex') !== keyHash)
    fail('the verifier key does not fit its hash');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), typed.subarray(1)]);
  return { name, keyHash, publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
};
const believed = (existsSync(given) ? readFileSync(given, 'utf8') : given).trim();
keyOf(believed);

const { format, note, stream, events, rotations = [] } = JSON.parse(readFileSync(0, 'utf8'));
if (format !== 'holdfast-proof/1') fail('it is of another format');

// Whether signed rotations lead from one key to a later one; `both`: signed by each of the two keys.
const signed = (by, { previous, key }, signature) =>
  verify(
    null,
    Buffer.from(`holdfast: heads are signed with another key\n${previous}\n${key}\n`),
    keyOf(by).publicKey,
    Buffer.from(signature ?? '', 'base64'),
  );
const leads = (from, to, both, seen = []) =>
  from === to ||
  rotations.some(
    (one) =>
      one.key === to &&
      !seen.includes(to) &&
      signed(one.previous, one, one.signature) &&
      (!both || signed(one.key, one, one.countersignature)) &&
      leads(from, one.previous, both, [...seen, to]),
  );
const keys = [...new Set([believed, ...rotations.flatMap(({ previous, key }) => [previous, key])])]
  .filter((key) => leads(believed, key, false) || leads(key, believed, true))
  .map(keyOf);

// The note: origin, size and root, then an empty line and the signatures (C2SP tlog-checkpoint).
const end = note.lastIndexOf('\n\n') + 1;
const [, size, root] = note.slice(0, end).split('\n');
const signatures = note
  .slice(end + 1)
  .split('\n')
  .map((line) => line.split(' '))
  .filter(([dash, , blob]) => dash === '\u2014' && blob !== undefined)
  .map(([, signer, blob]) => ({ signer, bytes: Buffer.from(blob, 'base64') }));
const signer = keys.find(({ name, keyHash, publicKey }) =>
  signatures.some(
    ({ signer: by, bytes }) =>
      by === name &&
      bytes.subarray(0, 4).toString('hex') === keyHash &&
      verify(null, Buffer.from(note.slice(0, end)), publicKey, bytes.subarray(4)),
  ),
);
if (signer === undefined) fail('the signed head is not signed by the key, nor by one before or after it');

let previous = '';
for (const [revision, { index, inclusion, event }] of events.entries()) {
  const where = `revision ${revision} of ${stream}`;
  if (event.stream !== stream || event.revision !== revision) fail(`${where} is missing`);
  if (eventHash(previous, event) !== event.hash) fail(`${where} is not what was written: its hash is another one`);
  const leaf = sha256(Buffer.of(0), `${stream} ${revision} ${event.hash}`);
  const computed = rootOf(
    index,
    Number(size),
    leaf,
    inclusion.map((hash) => Buffer.from(hash, 'base64')),
  );
  if (computed?.toString('base64') !== root) fail(`${where} is not in the log of the signed head`);
  previous = event.hash;
}
if (events.length === 0) fail('it has no events');
console.log(
  `the ${events.length} events of ${stream} are in the log of ${size} events that ${signer.name} has signed, unchanged`,
);
