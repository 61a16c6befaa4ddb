import * as E from 'fp-ts/lib/Either.js';
import { isWritten } from '../audit/compare-events.ts';
import { toEpochMs } from '../time/time.ts';
import type { ChangeEvent } from './change-events.ts';
import { type ChangesCommand, type ChangesState, decideChange, evolveChanges } from './changes-stream.ts';

const commandOf = (state: ChangesState, event: ChangeEvent): ChangesCommand => {
  const now = toEpochMs(event.occurredAt);
  switch (event.type) {
    case 'ApiKeyMade':
      return { type: 'NoteKeyChange', now, change: { type: event.type, ...event.data } };
    case 'ApiKeyEnded':
      return { type: 'NoteKeyChange', now, change: { type: event.type, ...event.data } };
    case 'ConfigurationChanged': {
      const { when, keyed } = event.data;
      return { type: 'NoteConfiguration', now, when, keyed, digests: evolveChanges(state, event).digests };
    }
    case 'PersonalDataRead':
      return { type: 'NoteReading', now, read: event.data };
    case 'HeadSigned':
      return { type: 'NoteHead', now, head: event.data, notBefore: Number.MAX_SAFE_INTEGER };
    case 'HeadKeyChanged':
      return { type: 'NoteHeadKey', now, rotation: event.data };
    case 'WrappingKeyRotated':
      return { type: 'NoteWrappingKey', now, rotated: event.data };
    case 'NodeConfigured':
      return { type: 'NoteNode', now, configured: event.data };
  }
};

/** What does not go with what the stream says before it; null: nothing. */
const faultOf = ({ headSize, headKey, headKeys, keysTold }: ChangesState, event: ChangeEvent): string | null => {
  switch (event.type) {
    case 'ApiKeyMade':
    case 'ApiKeyEnded':
      return event.data.number > keysTold ? `change ${keysTold} of the keys is not there before it` : null;
    case 'HeadSigned':
      if (event.data.size < headSize) return 'it is the head of a shorter log than the one before it';
      return headKeys.has(event.data.key) ? null : 'it is signed by a key that the log does not tell of';
    case 'HeadKeyChanged':
      return event.data.previous === headKey ? null : 'the key before it is another one';
    case 'ConfigurationChanged':
    case 'PersonalDataRead':
    case 'NodeConfigured':
    case 'WrappingKeyRotated':
      return null;
  }
};

/** As `judgeBookingEvent`, for the stream of the installation. A head cannot be of more events than stand before it. */
export const judgeChangeEvent = (state: ChangesState, event: ChangeEvent): E.Either<string, ChangesState> => {
  const fault = faultOf(state, event);
  if (fault !== null) return E.left(fault);
  const decided = decideChange(state, commandOf(state, event));
  if (E.isLeft(decided)) return decided;
  const written = isWritten(event, decided.right, () => 'it was so already');
  return E.isLeft(written) ? written : E.right(evolveChanges(state, event));
};
