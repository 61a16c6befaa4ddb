import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/adapters/hashing/sha256.ts';
import { openSubjectKeys } from '../../../src/adapters/privacy/subject-key-folder.ts';
import { openedForJudging, sealLater } from '../../../src/application/privacy/sealing.ts';
import type { SubjectKeys } from '../../../src/application/ports/subject-keys.ts';
import type { JsonObject, RecordedEvent } from '../../../src/domain/log/envelope.ts';
import { sealedParts } from '../../../src/domain/log/sealed-data.ts';
import { temporaryFolder } from '../../support/data-file.ts';
import { must } from '../../support/must.ts';

const RUNA = 'runa@example.org';
const id = '00000000-0000-4000-8000-000000000001';
const marked: RecordedEvent = {
  id,
  type: 'AbsenceMarked',
  version: 1,
  data: { host: null, personal: { salt: '00', attendees: [{ email: RUNA, absent: false }] } },
  occurredAt: '2050-09-05T10:00:00Z',
  actor: { kind: 'host' },
  correlationId: 'one',
  causationId: null,
  hash: '',
  stream: 'booking-one',
  revision: 0,
  position: 1,
};

describe('data that was written in the clear and sealed later, of which the hash covers a digest', () => {
  let keys: SubjectKeys;
  let remove: () => Promise<void>;
  let stored: JsonObject;
  beforeEach(async () => {
    const made = await temporaryFolder();
    remove = made.remove;
    keys = must(await openSubjectKeys(join(made.path, 'keys')));
    stored = sealLater(keys, sha256Hex, marked, RUNA) ?? {};
  });
  afterEach(() => remove());

  const opened = (change: (part: JsonObject) => JsonObject = (part) => part) => {
    const sealed = sealedParts(stored).map((part) => change({ ...part }));
    const personal = { ...(stored.personal as JsonObject), sealed };
    return openedForJudging(sha256Hex, keys, { ...marked, data: { ...stored, personal } });
  };
  const changed = 'its personal data is not what its digest was made of: it was changed';

  it('is read as it was written', () => {
    expect(opened()).toEqual({ read: marked, fault: null });
  });

  it('given somebody who has the keys sealed something else, then that is a fault', () => {
    const isPerson = ({ at }: JsonObject): boolean => at === 'attendees.0';
    const eve = JSON.stringify({ email: 'eve@example.org' });
    const resealed = opened((part) =>
      isPerson(part) ? { ...part, text: keys.seal(String(part.key), `${id} attendees.0`, eve) } : part,
    );
    expect(resealed.fault).toBe(changed);
  });

  it('given what is not sealed of it was changed, then that is a fault', () => {
    const isAbsent = ({ open = null, ...part }: JsonObject): JsonObject => ({
      ...part,
      open: open === null ? null : { absent: true },
    });
    expect(opened(isAbsent).fault).toBe(changed);
  });

  it('given somebody in it was forgotten, then it cannot be told', async () => {
    await keys.destroy(keys.retire(keys.subjectOf(RUNA)));
    expect(opened()).toMatchObject({ read: { data: { personal: { erased: true } } }, fault: null });
  });
});
