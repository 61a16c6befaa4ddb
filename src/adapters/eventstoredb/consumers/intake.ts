import type { Clock } from '../../../application/ports/clock.ts';
import type { Custody } from './custody.ts';
import type { Message } from './concluding.ts';
import type { Hands } from './hands.ts';
import { WAITING } from './group-settings.ts';
import type { HandedOut, Line } from './line.ts';
import { noteText } from './parked-note.ts';
import { makeSorting, type Sorting } from './sorting.ts';
import type { WaitingRoom } from './waiting-room.ts';

type Dependencies = Sorting & {
  readonly clock: Clock;
  readonly room: WaitingRoom;
  readonly custody: Custody;
  readonly hands: Hands;
  readonly onProblem: (message: string) => void;
};

/** Where it stands in a waiting stream; before all of it, if it does not come from there. */
const revisionHere = ({ event }: HandedOut): number =>
  event?.streamId.startsWith(WAITING) === true ? Number(event.revision) : -1;

/** Turns what the server hands out into messages, one after the other, so that those of one key keep their order here. */
export const makeIntake = (deps: Dependencies): ((handedOut: HandedOut, line: Line) => void) => {
  const { clock, waiting, room, custody, hands, onProblem } = deps;
  const { fold } = waiting;
  const sort = makeSorting(deps);
  let last: Promise<void> = Promise.resolve();

  const admit = async (message: Message, line: Line, handedOut: HandedOut): Promise<void> => {
    const { position, key } = message;
    if (handedOut.link === undefined) {
      await room.written(position);
      // It was put off after this was written, and what became of the acknowledgement is unknown: it waits already.
      if ((fold.find(position)?.at ?? -1) > revisionHere(handedOut)) return line.ack(handedOut);
    }
    const behind = custody.has(position) ? undefined : room.heldUntil(key, position);
    if (behind === undefined) {
      if (custody.take(position, line, handedOut)) hands.add(message);
    } else if (await room.putOff([message], Math.max(behind, clock.now() + 1))) {
      line.ack(handedOut);
    }
  };
  const take = async (handedOut: HandedOut, line: Line): Promise<void> => {
    const sorted = await sort(handedOut);
    if (!line.isOpen()) return;
    switch (sorted.type) {
      case 'pass':
        return line.ack(handedOut);
      case 'park':
        onProblem(`a message is parked: ${sorted.reason}`);
        return line.park(handedOut, noteText(sorted.ref, sorted.of, sorted.reason, clock.now()));
      case 'message':
        return admit({ ...sorted.ref, dueAt: 0, event: sorted.event }, line, handedOut);
    }
  };
  return (handedOut, line) => {
    last = last
      .then(() => take(handedOut, line))
      .catch((thrown: unknown) => onProblem(`a message was not taken in: ${String(thrown)}`));
  };
};
