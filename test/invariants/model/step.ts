import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { BookingRequest } from '../../../src/application/commands/booking-request.ts';
import type { RescheduleRequest } from '../../../src/application/commands/reschedule-request.ts';
import { mustRun } from '../../support/must.ts';
import { look } from './carry-out.ts';
import { checkStep } from './checks.ts';
import type { Seen } from './event-checks.ts';
import { quiet, watched, type World } from './world.ts';

/** What the steps act upon. `asked`, `moves`: what was asked for so far, to be asked again. `count`: steps taken. */
export type Story = {
  readonly world: World;
  readonly seen: Seen;
  readonly asked: BookingRequest[];
  readonly moves: RescheduleRequest[];
  count: number;
};

/** What was answered with success is in the log (I8). Where no answer comes, since the program died, nothing is claimed. */
export const acknowledged = (
  story: Story,
  uid: string,
  answer: Promise<E.Either<unknown, { readonly position: number }>>,
): { readonly outcome: () => Promise<void> } => {
  let said: number | null = null;
  watched(
    story.world,
    answer.then((result) => {
      if (E.isRight(result)) said = result.right.position;
    }),
  );
  return {
    outcome: async () => {
      if (said === null) return;
      const event = await mustRun(story.world.store.readAt(said));
      if (event?.stream !== `booking-${uid}`)
        throw new Error(`I8 is broken for ${uid}: position ${said} is not in its stream`);
    },
  };
};

/** One step: something happens, the saga looks at every booking unless its hints are late, and every promise is checked. */
export class Step implements fc.AsyncCommand<object, Story> {
  readonly words: string;
  readonly hintsAreLate: boolean;
  readonly happen: (story: Story) => Promise<void> | void;
  constructor(words: string, hintsAreLate: boolean, happen: (story: Story) => Promise<void> | void) {
    this.words = words;
    this.hintsAreLate = hintsAreLate;
    this.happen = happen;
  }
  check = (): boolean => true;
  run = async (_model: object, story: Story): Promise<void> => {
    story.count += 1;
    await this.happen(story);
    await quiet(story.world);
    if (!this.hintsAreLate) await look(story.world, story.seen);
    await checkStep(story.world, story.seen);
  };
  toString = (): string => `${this.words}${this.hintsAreLate ? ', hints late' : ''}`;
}

export const at = <A>(all: ReadonlyArray<A>, pick: number): A | undefined => all[pick % Math.max(1, all.length)];

export const slots = ['10:00', '10:30', '11:00', '13:00'];
export const late = fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
