import type { CalendarSettings, GoogleCredentials } from '../../application/configuration.ts';
import type { Decoder } from './decoder.ts';
import { all, mapped, nullable, object, variants } from './decoder.ts';
import { email, id } from './host-decoders.ts';
import { certificates, secret, serviceAccountKey } from './secret-decoders.ts';
import type { Sources } from './sources.ts';
import { calledUrl, oneOf, text } from './value-decoders.ts';

const label = text(100);

const googleCredentials = (sources: Sources): Decoder<GoogleCredentials> =>
  variants<GoogleCredentials>({
    oauth: object((keys) =>
      all({
        type: keys.required('type', oneOf(['oauth'])),
        clientId: keys.required('clientId', text(300)),
        clientSecret: keys.required('clientSecret', secret(sources)),
        refreshToken: keys.required('refreshToken', secret(sources)),
      }),
    ),
    'service-account': mapped(
      object((keys) =>
        all({
          type: keys.required('type', oneOf(['service-account'])),
          key: keys.required('key', serviceAccountKey(sources)),
          subject: keys.optional('subject', nullable(email), null),
        }),
      ),
      ({ type, key, subject }) => ({ type, ...key, subject }),
    ),
  });

export const calendar = (sources: Sources): Decoder<CalendarSettings> =>
  variants<CalendarSettings>({
    local: object((keys) =>
      all({
        type: keys.required('type', oneOf(['local'])),
        id: keys.required('id', id),
        label: keys.required('label', label),
      }),
    ),
    caldav: object((keys) =>
      all({
        type: keys.required('type', oneOf(['caldav'])),
        id: keys.required('id', id),
        label: keys.required('label', label),
        url: keys.required('url', calledUrl(sources)),
        username: keys.required('username', text(300)),
        password: keys.required('password', secret(sources)),
        calendarName: keys.optional('calendarName', nullable(text(300)), null),
        ca: keys.optional('caFile', nullable(certificates(sources)), null),
      }),
    ),
    google: object((keys) =>
      all({
        type: keys.required('type', oneOf(['google'])),
        id: keys.required('id', id),
        label: keys.required('label', label),
        calendar: keys.optional('calendar', text(300), 'primary'),
        credentials: keys.required('credentials', googleCredentials(sources)),
        rootUrl: keys.optional('rootUrl', nullable(calledUrl(sources)), null),
        tokenUrl: keys.optional('tokenUrl', nullable(calledUrl(sources)), null),
      }),
    ),
  });
