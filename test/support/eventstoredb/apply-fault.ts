import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from './fault-plan.ts';
import { notLeader, type RpcError, refusal, unavailable, withStatus } from './rpc-errors.ts';

/** `silence`: the caller hears nothing, ever. */
export type Answer<A> =
  | { readonly kind: 'answer'; readonly answer: A }
  | { readonly kind: 'error'; readonly error: RpcError }
  | { readonly kind: 'silence' };

const silence = { kind: 'silence' } as const;
const failing = (error: RpcError) => ({ kind: 'error', error }) as const;

/** What comes of one call under a fault. Acting is one synchronous step, so commits happen in the order of arrival. */
export const applyFault = async <A>(fault: Fault | undefined, act: () => A): Promise<Answer<A>> => {
  switch (fault?.kind) {
    case undefined:
    case 'close-after':
      return { kind: 'answer', answer: act() };
    case 'commit-and-forget':
      act();
      return silence;
    case 'commit-and-cut':
      act();
      return failing(unavailable());
    case 'commit-then':
      act();
      await fault.run();
      return silence;
    case 'answer-never':
      return silence;
    case 'cut':
      return failing(unavailable());
    case 'duplicate': {
      const first = act();
      act();
      return { kind: 'answer', answer: first };
    }
    case 'delay': {
      const answer = act();
      await delay(fault.ms, undefined, { ref: false });
      return { kind: 'answer', answer };
    }
    case 'hold': {
      const answer = act();
      await fault.until;
      return { kind: 'answer', answer };
    }
    case 'not-leader':
      return failing(notLeader(fault.port, fault.host));
    case 'status':
      return failing(withStatus(fault.code, fault.details, fault.trailers));
    case 'refuse':
      return failing(refusal(fault.as));
  }
};
