import { describe } from 'vitest';
import { appending } from './appending.ts';
import { appendingInOrder } from './appending-in-order.ts';
import { closing } from './closing.ts';
import { concurrencyAndLimits } from './concurrency-and-limits.ts';
import type { Engine } from './harness.ts';
import { idempotency } from './idempotency.ts';
import { keeping } from './keeping.ts';
import { reading } from './reading.ts';
import { subscribing } from './subscribing.ts';
import { subscribingAtTheEdges } from './subscribing-at-the-edges.ts';

/** What every event store must do, whatever it stands on. */
export const eventStoreContract = (engine: Engine) =>
  describe(`event store contract: ${engine.name}`, () => {
    appending(engine);
    idempotency(engine);
    appendingInOrder(engine);
    reading(engine);
    keeping(engine);
    subscribing(engine);
    subscribingAtTheEdges(engine);
    concurrencyAndLimits(engine);
    closing(engine);
  });
