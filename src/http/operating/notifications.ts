import * as E from 'fp-ts/lib/Either.js';
import { type NotificationQuery, MAX_NOTIFICATION_PAGE, listedStates } from '../../application/ports/read-models.ts';
import { oneText } from '../decoding/decode.ts';
import { type ApiError, type FieldError, fieldError, fieldErrors } from '../errors/api-error.ts';
import { fromBookingList } from '../errors/from-application.ts';
import type { HttpDeps } from '../http-deps.ts';
import { type EndpointHandler, success } from '../transport/endpoint.ts';

const DEFAULT_NOTIFICATION_PAGE = 100;

const wholeNumberOf = (text: string): number | undefined => (/^\d{1,15}$/.test(text) ? Number(text) : undefined);
const isPage = (take: number): boolean => take >= 1 && take <= MAX_NOTIFICATION_PAGE;

/** Every filter that is wrong is named. */
const queryOf = (query: Readonly<Record<string, unknown>>): E.Either<ApiError, NotificationQuery> => {
  const wrong: FieldError[] = [];
  const read = <A>(name: string, as: (text: string) => A | undefined, wanted: string): A | null => {
    const text = oneText(query[name]);
    const value = typeof text === 'string' ? as(text) : text;
    if (value === undefined) wrong.push(fieldError(name, 'invalid', `${name} must be ${wanted}`));
    return value ?? null;
  };
  const page = (text: string): number | undefined => {
    const take = wholeNumberOf(text);
    return take !== undefined && isPage(take) ? take : undefined;
  };
  const asked: NotificationQuery = {
    state: read('state', (text) => listedStates.find((state) => state === text), `one of ${listedStates.join(', ')}`),
    bookingUid: read('bookingUid', (text) => text, 'one uid'),
    before: read('before', wholeNumberOf, 'a number'),
    take: read('take', page, `a number from 1 to ${MAX_NOTIFICATION_PAGE}`) ?? DEFAULT_NOTIFICATION_PAGE,
  };
  return wrong.length > 0 ? E.left(fieldErrors(wrong)) : E.right(asked);
};

/** `GET /v2/holdfast/notifications`: what was to be said of each booking, to whom, and what became of it. */
export const getNotifications =
  ({ notificationList }: Pick<HttpDeps, 'notificationList'>): EndpointHandler =>
  async ({ query }) => {
    const asked = queryOf(query);
    if (E.isLeft(asked)) return asked;
    const page = await notificationList.notifications(asked.right)();
    return E.isLeft(page) ? E.left(fromBookingList(page.left)) : E.right(success(page.right));
  };
