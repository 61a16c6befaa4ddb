import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { timeLimited } from '../../../src/adapters/conferencing/jitsi.ts';
import type { Conferencing } from '../../../src/application/ports/conferencing.ts';
import { scriptedConferencing } from '../../support/scripted-conferencing.ts';

const request = { requestId: 'bk1', title: 'Intro' };
const live = (): AbortSignal => new AbortController().signal;
/** Knows nothing of signals. */
const deaf: Conferencing = { provider: 'deaf', createRoom: () => () => Promise.withResolvers<never>().promise };
const throwing: Conferencing = { provider: 'throwing', createRoom: () => () => Promise.reject(new Error('secret')) };

describe('a provider with a time limit (stand-in)', () => {
  it('answers as it does without, with the same room for the same request', async () => {
    const { conferencing, rooms } = scriptedConferencing();
    const limited = timeLimited(conferencing, 60_000);
    expect(await limited.createRoom(request, live())()).toEqual(await limited.createRoom(request, live())());
    expect(rooms()).toHaveLength(1);
  });

  it('passes its failures on', async () => {
    const { conferencing, plan } = scriptedConferencing();
    plan('fails');
    const answer = await timeLimited(conferencing, 60_000).createRoom(request, live())();
    expect(answer).toEqual(E.left({ message: 'scripted-rooms: scripted failure' }));
  });

  it('is given up at its time limit, also when it does not heed signals', async () => {
    const { conferencing, always, rooms } = scriptedConferencing();
    always('stalls');
    expect(E.isLeft(await timeLimited(conferencing, 20).createRoom(request, live())())).toBe(true);
    expect(rooms()).toEqual([]);
    const answer = await timeLimited(deaf, 20).createRoom(request, live())();
    expect(answer).toEqual(E.left({ message: 'deaf: no answer within 20 ms, or called off' }));
  });

  it('is given up when its caller aborts', async () => {
    expect(E.isLeft(await timeLimited(deaf, 60_000).createRoom(request, AbortSignal.abort())())).toBe(true);
  });

  it('never throws', async () => {
    const answer = await timeLimited(throwing, 60_000).createRoom(request, live())();
    expect(answer).toEqual(E.left({ message: 'throwing: no answer' }));
  });
});
