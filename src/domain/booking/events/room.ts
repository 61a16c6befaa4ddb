import * as t from 'io-ts';
import { nullable } from '../../event/codecs.ts';

/** There is a video room to meet in; `fallback`: the provider gave none, the event type's own link stands in. */
export const roomReadyCodec = t.type({
  provider: t.string,
  roomId: nullable(t.string),
  url: t.string,
  fallback: t.boolean,
});

/** No video room could be had. The booking goes on without a link. */
export const roomFailedCodec = t.type({ provider: t.string, message: t.string });
