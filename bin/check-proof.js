#!/usr/bin/env node
// Checks a proof that `holdfast audit prove` wrote. It needs Node 18 or newer, this one file, and nothing of Holdfast.
//   node check-proof.js <verifier key, or a file with it> < proof.json
// The verifier key is what `holdfast audit head --key` printed to you at some earlier time, from the operator's mouth. A proof
// that was signed with a later key holds where each key has signed for the next one, and one that was signed with an earlier
// key where each later one has signed for the one before it as well.
// Exit code 0: the proof holds. 1: it does not, and the line says why. 2: it was called wrongly.
'use strict';

const fail = (reason) => {
  throw new Error(reason);
};
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
// Whatever is not checked must not be there: whoever reads the proof would take it for proved.
const fields = (what, value, names) => {
  if (!isObject(value)) fail(`${what} is no object`);
  for (const name of Object.keys(value))
    if (!names.includes(name)) fail(`${what} has a field that nothing proves: ${name}`);
  return value;
};
const list = (what, value) => (Array.isArray(value) ? value : fail(`${what} is no list`));
const text = (what, value) => (typeof value === 'string' ? value : fail(`${what} is no text`));

// The one spelling of a JSON value (RFC 8785): keys sorted, no white space.
const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
};

const ENTRY = ['index', 'inclusion', 'event'];
const EVENT = 'stream revision hash id type version data occurredAt actor correlationId causationId'.split(' ');
const ROTATION = ['previous', 'key', 'signature', 'countersignature'];
const isDigestAlone = (personal) =>
  isObject(personal) && /^(erased|erased,sealed|sealed,erased)$/.test(Object.keys(personal).join());

const checkProof = ({ createHash, createPublicKey, verify }, believed, proofText) => {
  const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
  const hex = (content) => sha256(content).toString('hex');

  // An event's hash covers the hash before it in its stream and its content: personal data as it was sealed, or, where it
  // was written in the clear, as a digest.
  const eventHash = (previous, { id, type, version, data, occurredAt, actor, correlationId, causationId }) => {
    const { personal } = data;
    const isSealed = !isObject(personal) || Object.keys(personal).join() === 'sealed';
    const digest = () => (isDigestAlone(personal) ? personal.erased : hex(canonical(personal)));
    const shown = isSealed ? data : { ...data, personal: { erased: digest() } };
    return hex(previous + canonical({ actor, causationId, correlationId, data: shown, id, occurredAt, type, version }));
  };

  // RFC 9162, section 2.1.3.2.
  const rootOf = (index, size, leaf, proof) => {
    let [at, last, root] = [index, size - 1, leaf];
    for (const hash of proof) {
      if (last === 0) return null;
      if (at % 2 === 1 || at === last) {
        root = sha256(Buffer.of(1), hash, root);
        while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
      } else root = sha256(Buffer.of(1), root, hash);
      [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
    }
    return last === 0 ? root.toString('base64') : null;
  };

  // The verifier key of a signed note: name, hash and key, with plus signs between (C2SP signed-note).
  const keyOf = (spelled) => {
    const [name, keyHash, ...blob] = text('a verifier key', spelled).split('+');
    const typed = Buffer.from(blob.join('+'), 'base64');
    if (typed[0] !== 1 || typed.length !== 33) fail('a verifier key is no Ed25519 key');
    if (sha256(`${name}\n`, typed).subarray(0, 4).toString('hex') !== keyHash)
      fail('a verifier key does not fit its hash');
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), typed.subarray(1)]);
    return { name, keyHash, publicKey: createPublicKey({ key: spki, format: 'der', type: 'spki' }) };
  };
  keyOf(believed);

  const proof = fields('it', JSON.parse(proofText), ['format', 'note', 'rotations', 'stream', 'events']);
  if (proof.format !== 'holdfast-proof/1') fail('it is of another format');
  const [note, stream] = [text('its note', proof.note), text('its stream', proof.stream)];
  if (!/^booking-[\w-]{1,64}$/.test(stream)) fail('its stream is no booking');
  const rotations = list('what it has of rotations', proof.rotations ?? []);
  for (const one of rotations) fields('a rotation', one, ROTATION);

  // The keys to which signed rotations lead from the one that is believed: to later ones by the signature of the earlier
  // key alone, to earlier ones by that of the later one as well.
  const signed = (by, { previous, key }, signature) => {
    const statement = Buffer.from(`holdfast: heads are signed with another key\n${previous}\n${key}\n`);
    return verify(null, statement, keyOf(by).publicKey, Buffer.from(signature ?? '', 'base64'));
  };
  const later = (known) =>
    rotations.filter(({ previous }) => previous === known).filter((one) => signed(known, one, one.signature));
  const earlier = (known) =>
    rotations
      .filter((one) => one.key === known && signed(one.previous, one, one.signature))
      .filter((one) => signed(known, one, one.countersignature));
  const [forwards, backwards] = [new Set([believed]), new Set([believed])];
  for (const known of forwards) for (const { key } of later(known)) forwards.add(key);
  for (const known of backwards) for (const { previous } of earlier(known)) backwards.add(previous);
  const keys = [...forwards, ...backwards].map(keyOf);

  // The note: origin, size and root, then an empty line and the signatures (C2SP tlog-checkpoint).
  const end = note.lastIndexOf('\n\n') + 1;
  const [origin, size = '', root] = note.slice(0, end).split('\n');
  const signatures = note
    .slice(end + 1)
    .split('\n')
    .map((line) => line.split(' '));
  const isSignedBy = ({ name, keyHash, publicKey }) =>
    signatures.some(([dash, by, blob]) => {
      const bytes = Buffer.from(blob ?? '', 'base64');
      if (dash !== '\u2014' || by !== name || bytes.subarray(0, 4).toString('hex') !== keyHash) return false;
      return verify(null, Buffer.from(note.slice(0, end)), publicKey, bytes.subarray(4));
    });
  const signer = keys.find(isSignedBy);
  if (signer === undefined) fail('the signed head is not signed by the key, nor by one before or after it');
  if (origin !== signer.name) fail('the signed head is of another log than the key');
  if (!/^[1-9]\d{0,15}$/.test(size)) fail('the signed head has no number of events');

  let [previous, before, digests] = ['', -1, 0];
  for (const [revision, entry] of list('what it has of events', proof.events).entries()) {
    const where = `revision ${revision} of ${stream}`;
    const { index, inclusion, event } = fields(where, entry, ENTRY);
    fields(where, event, EVENT);
    if (event.stream !== stream || event.revision !== revision) fail(`${where} is missing`);
    if (!isObject(event.data)) fail(`${where} has no data`);
    if (eventHash(previous, event) !== event.hash) fail(`${where} is not what was written: its hash is another one`);
    if (!Number.isSafeInteger(index) || index <= before || index >= Number(size))
      fail(`${where} has no place in the log after the one before it`);
    const leaf = sha256(Buffer.of(0), `${stream} ${revision} ${event.hash}`);
    const hashes = list(`the inclusion of ${where}`, inclusion).map((hash) =>
      Buffer.from(text('a hash', hash), 'base64'),
    );
    if (hashes.some(({ length }) => length !== 32)) fail(`a hash of ${where} is none`);
    if (rootOf(index, Number(size), leaf, hashes) !== root) fail(`${where} is not in the log of the signed head`);
    if (isDigestAlone(event.data.personal)) digests += 1;
    [previous, before] = [event.hash, index];
  }
  if (previous === '') fail('it has no events');
  const count = proof.events.length;
  return [
    `the ${count} events of ${stream} are in the log of ${size} events that ${signer.name} has signed, unchanged`,
    ...(digests === 0 ? [] : [`of the personal data of ${digests} of them the log proves a digest alone`]),
  ].join('\n');
};

const main = async () => {
  // Loaded so, this file runs by itself in any folder, whether Node takes it for a module or for a script.
  const [crypto, { existsSync, readFileSync }] = await Promise.all([import('node:crypto'), import('node:fs')]);
  const [given, ...more] = process.argv.slice(2);
  if (given === undefined || more.length > 0)
    throw new Error('usage: node check-proof.js <verifier key, or a file with it> < proof.json');
  const key = (existsSync(given) ? readFileSync(given, 'utf8') : given).trim();
  const proof = readFileSync(0, 'utf8').replace(/^\uFEFF/, '');
  try {
    console.log(checkProof(crypto, key, proof));
  } catch (error) {
    // What a forged proof says must not reach the terminal's controls.
    console.error(`the proof does not hold: ${error.message.replace(/[^ -~]+/g, '?')}`);
    process.exitCode = 1;
  }
};
main().catch((error) => {
  console.error(error.message);
  process.exitCode = 2;
});
