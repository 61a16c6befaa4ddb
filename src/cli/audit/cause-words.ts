import type { ChainLink } from '../../projections/audit/decision-chain.ts';

type Link = Omit<ChainLink, 'role'>;

/** What comes from outside: somebody's command, or what the server finds by itself, in a calendar or on the clock. */
const ofNoEvent = (kind: string): string =>
  kind === 'system' ? 'what the server itself found' : `a command of the ${kind}`;

/** What led to a link, by the events that are `known`; a command comes from outside, and what stood then is told. */
export const becauseInWords = (
  { because, after, entry: { cause, actor } }: Link,
  known: ReadonlyArray<Link>,
): string => {
  const typeOf = new Map(known.map(({ entry }) => [entry.revision, entry.type]));
  const named = (revision: number): string =>
    `event ${revision}${typeOf.has(revision) ? `, ${typeOf.get(revision)}` : ''}`;
  const events = because.map(named).join('; ');
  if (cause.type !== 'command') return events;
  const before = events === '' && after !== null ? named(after) : events;
  return `${ofNoEvent(actor.kind)}${before === '' ? '' : `, after ${before}`}`;
};
