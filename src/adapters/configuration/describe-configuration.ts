import type { Configuration } from '../../application/configuration.ts';
import type { Json } from '../../domain/log/envelope.ts';

/** Receivers put tokens into the query of webhook URLs. */
const withoutQuery = (url: string): string => {
  const { origin, pathname, search } = new URL(url);
  return search === '' ? url : `${origin}${pathname}?[secret]`;
};

const parse: (json: string) => Json = JSON.parse;

/**
 * The configuration as it counts, defaults filled in. Secrets cannot appear: JSON is made of it, and in JSON a `Secret`
 * is `[secret]`, whatever kind of secret it is and wherever a later version may put one.
 */
export const describeConfiguration = (configuration: Configuration): Json => {
  const webhooks = configuration.webhooks.map((webhook) => ({ ...webhook, url: withoutQuery(webhook.url) }));
  return parse(JSON.stringify({ ...configuration, webhooks }));
};
