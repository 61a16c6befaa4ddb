import type { WebhookSettings } from '../../application/configuration.ts';
import { type WebhookTrigger, webhookTriggers } from '../../domain/configuration/webhook-trigger.ts';
import { all, checked, type Decoder, nullable } from './decoder.ts';
import { duplicates, placed } from './duplicates.ts';
import { id } from './host-decoder.ts';
import { object } from './object-decoder.ts';
import { secret } from './secret-decoder.ts';
import type { Sources } from './sources.ts';
import { calledUrl } from './url-decoders.ts';
import { flag, list, oneOf } from './value-decoders.ts';

const MAX_HOSTS_NAMED = 1000;

const triggers: Decoder<ReadonlyArray<WebhookTrigger>> = checked(
  list(oneOf(webhookTriggers), webhookTriggers.length, 1),
  (names, path) => duplicates(placed(names, path)),
);

export const webhook = (sources: Sources): Decoder<WebhookSettings> =>
  object((keys) =>
    all({
      id: keys.required('id', id),
      url: keys.required('url', calledUrl(sources)),
      secret: keys.optional('secret', nullable(secret(sources)), null),
      triggers: keys.required('triggers', triggers),
      hostIds: keys.optional('hosts', nullable(list(id, MAX_HOSTS_NAMED, 1)), null),
      active: keys.optional('active', flag, true),
    }),
  );
