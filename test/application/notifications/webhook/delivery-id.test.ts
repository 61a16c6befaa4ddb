import { describe, expect, test } from 'vitest';
import { HOLDFAST_NAMESPACE, uuidv5 } from '../../../../src/adapters/identity/ids.ts';
import { deliveryId } from '../../../../src/application/notifications/webhook/webhook-payload.ts';

const idOf = deliveryId((name) => uuidv5(HOLDFAST_NAMESPACE, name));
const delivery = { eventId: 'e1', subscriptionId: 's1', trigger: 'BOOKING_CREATED' as const };

describe('the id of a delivery', () => {
  test('is the same whenever it is asked for', () => {
    expect(idOf(delivery)).toBe(idOf({ ...delivery }));
    expect(idOf(delivery)).toBe('c5aa1aa7-9bcf-5173-afb9-713f33d105b8');
  });

  test('differs by event, subscription and trigger', () => {
    const ids = [
      delivery,
      { ...delivery, eventId: 'e2' },
      { ...delivery, subscriptionId: 's2' },
      { ...delivery, trigger: 'BOOKING_REQUESTED' as const },
      { ...delivery, eventId: 'e1","s1', subscriptionId: '' },
    ].map(idOf);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
