import type { EventLocation } from '../../domain/configuration/event-type.ts';
import { all, type Decoder, mapped, nullable } from './decoder.ts';
import { object, variants } from './object-decoder.ts';
import { webLink } from './url-decoders.ts';
import { list, oneOf, text } from './value-decoders.ts';

/** Video rooms that Holdfast can make, by the names of Cal.com's API v2. */
const integrations = ['jitsi', 'google-meet'] as const;

const MAX_LOCATIONS = 20;

const location = variants<EventLocation>({
  address: object((keys) =>
    all({ type: keys.required('type', oneOf(['address'])), address: keys.required('address', text(500)) }),
  ),
  link: object((keys) => all({ type: keys.required('type', oneOf(['link'])), link: keys.required('link', webLink) })),
  phone: object((keys) =>
    all({ type: keys.required('type', oneOf(['phone'])), phone: keys.required('phone', text(40)) }),
  ),
  attendeeAddress: object((keys) => all({ type: keys.required('type', oneOf(['attendeeAddress'])) })),
  attendeePhone: object((keys) => all({ type: keys.required('type', oneOf(['attendeePhone'])) })),
  attendeeDefined: object((keys) => all({ type: keys.required('type', oneOf(['attendeeDefined'])) })),
  integration: mapped(
    object((keys) =>
      all({
        type: keys.required('type', oneOf(['integration'])),
        integration: keys.required('integration', oneOf(integrations)),
        fallbackLink: keys.optional('fallbackLink', nullable(webLink), null),
      }),
    ),
    ({ fallbackLink, ...room }) => (fallbackLink === null ? room : { ...room, fallbackLink }),
  ),
});

export const locations: Decoder<ReadonlyArray<EventLocation>> = list(location, MAX_LOCATIONS);
