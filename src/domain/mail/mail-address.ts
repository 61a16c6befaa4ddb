/**
 * Limits in octets of UTF-8: the local part (RFC 5321 section 4.5.3.1.1), a domain's label (RFC 1035 section 2.3.4), and the
 * address as a whole (RFC 5321 section 4.5.3.1.3: a path of 256 less its angle brackets; RFC 3696 erratum 1690).
 */
const MAX_LOCAL_OCTETS = 64;
const MAX_ADDRESS_OCTETS = 254;

/**
 * A mail address in its parts. `domain`: lower case, every label in ASCII (A-labels of RFC 5890). `needsSmtpUtf8`: the local
 * part is not ASCII, so only a mail server that offers SMTPUTF8 (RFC 6531) can carry it.
 */
export type MailAddress = { readonly local: string; readonly domain: string; readonly needsSmtpUtf8: boolean };

/**
 * Characters of an atom: `atext` of RFC 5322 section 3.2.3, and beyond ASCII letters, digits and their marks only. RFC 6531
 * would allow any character; people write addresses with these, and what cannot be seen (\p{C}, fillers, joiners,
 * variation selectors) makes two addresses that look the same.
 */
const ATOM =
  /^(?!\p{M})(?:[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]|(?![\0-\x7F]|\p{Default_Ignorable_Code_Point})[\p{L}\p{M}\p{N}])+$/u;
/** A label before it is turned into ASCII (RFC 5891 section 4.2.3): letters and digits, dashes only between them. */
const LABEL =
  /^(?!-)(?!\p{M})(?:[A-Za-z0-9-]|(?![\0-\x7F]|\p{Default_Ignorable_Code_Point})[\p{L}\p{M}\p{N}])+(?<!-)$/u;
const ASCII_LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const ASCII = /^[\0-\x7F]*$/;

/** Octets of `text` in UTF-8. */
const octets = (text: string): number => new TextEncoder().encode(text).length;

/** Every label in ASCII and lower case, or null for what is no domain. An address in digits (IPv4) is none. */
const asciiDomain = (domain: string): string | null => {
  const labels = domain.split('.');
  if (!labels.every((label) => LABEL.test(label))) return null;
  // The runtime's own IDNA (UTS #46), a pure function of the text: nothing but labels can be in it any more.
  const ascii = URL.parse(`http://${domain}/`)?.hostname.split('.') ?? [];
  const isName = ascii.length === labels.length && ascii.every((label) => ASCII_LABEL.test(label));
  return isName && !/^\d+$/.test(ascii.at(-1) ?? '') ? ascii.join('.') : null;
};

/**
 * Reads one mail address: `local@domain` and nothing around it. The local part is a dot-atom (no dot first, last or
 * twice in a row); quoted local parts, address literals (`[127.0.0.1]`), comments and display names are not taken. Null for all else.
 */
export const parseMailAddress = (text: string): MailAddress | null => {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  if (text.length > MAX_ADDRESS_OCTETS || octets(text) > MAX_ADDRESS_OCTETS || octets(local) > MAX_LOCAL_OCTETS)
    return null;
  if (!local.split('.').every((atom) => ATOM.test(atom))) return null;
  const domain = asciiDomain(text.slice(at + 1));
  if (domain === null || octets(`${local}@${domain}`) > MAX_ADDRESS_OCTETS) return null;
  return { local, domain, needsSmtpUtf8: !ASCII.test(local) };
};

/** The address as a mail server, a calendar or a `mailto:` gets it: the domain in ASCII, the local part as it was given. */
export const addressText = ({ local, domain }: MailAddress): string => `${local}@${domain}`;

/** The same in ASCII alone, null where that cannot be: a local part beyond ASCII, or no mail address at all. */
export const asciiAddress = (text: string): string | null => {
  const address = parseMailAddress(text);
  return address === null || address.needsSmtpUtf8 ? null : addressText(address);
};

/** Equal for addresses that differ in case, in Unicode's composition, or in how the domain is spelled: one mailbox in practice. */
export const mailboxKey = (text: string): string => {
  const address = parseMailAddress(text);
  return (address === null ? text : addressText(address)).normalize('NFC').toLowerCase();
};

/** Which of `addresses` name a mailbox for the first time, `known` ones included; in their order, with the index in `addresses`. */
export const unknownMailboxes = (
  addresses: ReadonlyArray<string>,
  known: ReadonlyArray<string>,
): ReadonlyArray<{ readonly address: string; readonly index: number }> => {
  const seen = new Set(known.map(mailboxKey));
  return addresses.flatMap((address, index) => {
    const key = mailboxKey(address);
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ address, index }];
  });
};
