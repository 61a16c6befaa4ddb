#!/usr/bin/env node
// Checks a proof that `holdfast audit prove` wrote. It needs Node 18 or newer, this one file, and nothing of Holdfast.
//   node check-proof.js <verifier key, or a file with it> < proof.json
// The verifier key is what `holdfast audit head --key` printed to you at some earlier time, from the operator's mouth. What
// was signed with an earlier or later key holds as well where signed rotations lead from yours to it.
// Exit code 0: the proof holds. 1: it does not, and the line says why. 2: it was called wrongly.

const ensure = (holds, otherwise) => {
  if (!holds) throw new Error(otherwise);
};
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
// Whatever is not checked must not be there: whoever reads the proof would take it for proved.
const ensureFields = (what, value, names) => {
  ensure(isObject(value), `${what} is no object`);
  for (const name of Object.keys(value)) ensure(names.includes(name), `${what} has a field nothing proves: ${name}`);
};
// The one spelling of a JSON value (RFC 8785): keys sorted, no white space.
const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
};
const base64 = (text) => {
  const bytes = Buffer.from(text, 'base64');
  ensure(bytes.toString('base64') === text, 'a hash, key or signature of it is no base64');
  return bytes;
};

const main = async () => {
  // Loaded so, this file runs by itself in any folder, whether Node takes it for a module or for a script.
  const [crypto, { existsSync, readFileSync }] = await Promise.all([import('node:crypto'), import('node:fs')]);
  const [given, ...more] = process.argv.slice(2);
  process.exitCode = 2;
  ensure(more.length === 0 && given !== undefined, 'usage: node check-proof.js <key, or a file with it> < proof.json');
  const believed = (existsSync(given) ? readFileSync(given, 'utf8') : given).trim();
  const json = readFileSync(0, 'utf8').replace(/^\uFEFF/, '');
  process.exitCode = 1;

  const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), crypto.createHash('sha256')).digest();
  // A verifier key as signed notes have it: name, hash and key, with plus signs between (C2SP signed-note).
  const keyOf = (verifier) => {
    const [name, hash, ...rest] = verifier.split('+');
    const typed = base64(rest.join('+'));
    ensure(typed[0] === 1 && typed.length === 33, 'a verifier key is no Ed25519 key');
    ensure(sha256(`${name}\n`, typed).toString('hex', 0, 4) === hash, 'a verifier key does not fit its hash');
    const key = { kty: 'OKP', crv: 'Ed25519', x: typed.toString('base64url', 1) };
    return { name, hash, publicKey: crypto.createPublicKey({ key, format: 'jwk' }) };
  };
  const isSigned = ({ publicKey }, text, signature) => crypto.verify(null, Buffer.from(text), publicKey, signature);
  // The root over `size` leaves, of which `leaf` is the one at `index`; `path` goes up from it (RFC 9162, section 2.1.3).
  const rootOf = (index, size, leaf, path) => {
    ensure(path.length > 0 === size > 1, 'an inclusion has not the length that it must have');
    if (size === 1) return leaf;
    let left = 1;
    while (left * 2 < size) left *= 2;
    const [below, beside] = [path.slice(0, -1), path.at(-1)];
    return index < left
      ? sha256(Buffer.of(1), rootOf(index, left, leaf, below), beside)
      : sha256(Buffer.of(1), beside, rootOf(index - left, size - left, leaf, below));
  };

  const proof = JSON.parse(json);
  ensureFields('it', proof, ['format', 'note', 'rotations', 'stream', 'events']);
  // Of a field that is there twice, one reader takes the first and another the last.
  const spelled = json.replace(/"(?:[^"\\]+|\\.)*"|\s+/g, (part) => part.trim() && JSON.stringify(JSON.parse(part)));
  ensure(spelled === JSON.stringify(proof), 'it has a field twice');
  const { format, note, rotations = [], stream, events } = proof;
  ensure(format === 'holdfast-proof/1', 'it is of another format');
  ensure(/^booking-[\w-]{1,64}$/.test(stream), 'its stream is no booking');
  ensure(Array.isArray(events) && events.length > 0, 'it has no events');

  // Signed rotations lead from the key that is believed to later ones by the signature of the earlier key alone, and to
  // earlier ones by that of the later one as well.
  for (const one of rotations) ensureFields('a rotation', one, ['previous', 'key', 'signature', 'countersignature']);
  const isStated = ({ previous, key }, by, signature) =>
    isSigned(keyOf(by), `holdfast: heads are signed with another key\n${previous}\n${key}\n`, base64(signature ?? ''));
  const follows = (one, known) => one.previous === known && isStated(one, known, one.signature);
  const precedes = (one, known) => one.key === known && isStated(one, known, one.countersignature);
  const [later, earlier] = [new Set([believed]), new Set([believed])];
  for (const known of later) for (const one of rotations) if (follows(one, known)) later.add(one.key);
  for (const known of earlier)
    for (const one of rotations) if (precedes(one, known) && follows(one, one.previous)) earlier.add(one.previous);

  // The note: origin, size and root, then an empty line and the signatures (C2SP tlog-checkpoint).
  const [, head, signatures] = /^([^]+\n)\n((?:\u2014 \S+ \S+\n)+)$/.exec(note) ?? [];
  ensure(head !== undefined && typeof note === 'string', 'its note is no signed note');
  const [origin, count, root] = head.split('\n');
  const isSigner = (key) =>
    signatures.split('\n').some((line) => {
      const [, name, blob = ''] = line.split(' ');
      const isOwn = name === key.name && base64(blob).toString('hex', 0, 4) === key.hash;
      return isOwn && isSigned(key, head, base64(blob).subarray(4));
    });
  const signer = [...later, ...earlier].map(keyOf).find(isSigner);
  ensure(signer !== undefined, 'the signed head is not signed by the key, nor by one before or after it');
  ensure(origin === signer.name, 'the signed head is of another log than the key');
  ensure(/^[1-9]\d{0,15}$/.test(count), 'the signed head has no number of events');

  let [previous, before, digests] = ['', -1, 0];
  for (const [place, entry] of events.entries()) {
    const where = `revision ${place} of ${stream}`;
    ensureFields(where, entry, ['index', 'inclusion', 'event']);
    const { index, inclusion, event } = entry;
    const { stream: name, revision, hash, ...content } = event;
    ensure(name === stream && revision === place, `${where} is missing`);
    // Its hash covers the one before it and its content. Personal data counts as it was sealed, and as a digest where it was
    // written in the clear.
    const { personal } = content.data;
    const kept = isObject(personal) ? Object.keys(personal).sort().join() : 'sealed';
    const isDigest = kept === 'erased' || kept === 'erased,sealed';
    const digest = () => (isDigest ? personal.erased : sha256(canonical(personal)).toString('hex'));
    const data = kept === 'sealed' ? content.data : { ...content.data, personal: { erased: digest() } };
    const written = sha256(previous, canonical({ ...content, data })).toString('hex');
    ensure(written === hash, `${where} is not what was written: its hash is another one`);
    ensure(Number.isSafeInteger(index) && index > before && index < Number(count), `${where} has no place in the log`);
    const leaf = sha256(Buffer.of(0), `${stream} ${place} ${hash}`);
    const above = rootOf(index, Number(count), leaf, inclusion.map(base64)).toString('base64');
    ensure(above === root, `${where} is not in the log of the signed head`);
    [previous, before, digests] = [hash, index, digests + (isDigest ? 1 : 0)];
  }
  console.log(
    `the ${events.length} events of ${stream} are unchanged in the log of ${count} events signed by ${origin}`,
  );
  if (digests > 0) console.log(`of the personal data of ${digests} of them the log proves a digest alone`);
  process.exitCode = 0;
};
main().catch(({ message }) => {
  // What a forged proof says must not reach the terminal's controls.
  console.error((process.exitCode === 1 ? 'the proof does not hold: ' : '') + message.replace(/[^ -~]+/g, '?'));
});
