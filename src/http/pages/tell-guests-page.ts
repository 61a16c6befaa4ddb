import * as E from 'fp-ts/lib/Either.js';
import { escapeHtml } from '../../application/notifications/mail/mail-document.ts';
import { guestsOf } from '../../application/notifications/mail-kinds.ts';
import type { MailFacts } from '../../application/notifications/mail/mail-facts.ts';
import { guestsWait, isLive, type KnownBooking } from '../../domain/booking/booking-state.ts';
import { toEpochMs } from '../../domain/time/time.ts';
import { changeContext, findByMailedLink } from '../bookings/find-booking.ts';
import { fromApplication } from '../errors/from-application.ts';
import type { Catalog, HttpDeps } from '../http-deps.ts';
import type { EndpointHandler } from '../transport/endpoint.ts';
import { fromOurPage } from './forms.ts';
import { linksOf, page, refusedPage, seeOther } from './page.ts';
import { layout, renderMessage } from './render/layout.ts';
import { factsFor } from './words.ts';

/** Asks for one press of a button: programs that open every link of a mail send no forms. */
const renderQuestion = (facts: MailFacts, action: string): string => {
  const guests = guestsOf(facts).map(({ email }) => `<li>${escapeHtml(email)}</li>`);
  return layout({
    title: `Tell your guests: ${facts.eventTitle} with ${facts.hostName}`,
    tone: 'waiting',
    main: [
      '<section id="status" tabindex="-1">',
      '<h1>Tell your guests?</h1>',
      `<p>${escapeHtml(`${facts.eventTitle} with ${facts.hostName}, booked as ${facts.attendee.name}.`)}</p>`,
      '<p>These people are written to once you say so:</p>',
      `<ul>${guests.join('\n')}</ul>`,
      '</section>',
      `<form class="plain" method="post" action="${escapeHtml(action)}">`,
      '<button type="submit" class="go">Tell my guests</button>',
      '</form>',
      '<p class="hint">You did not book this? Then close this page: they hear nothing.</p>',
    ].join('\n'),
    footer: 'Holdfast',
    script: '',
  });
};

const ended = {
  title: 'Nobody is told',
  text: 'This booking has ended, so your guests hear nothing of it.',
  back: null,
};
const nobody = { title: 'There is nobody to tell', text: 'No guests are named in this booking.', back: null };
const told = {
  title: 'Your guests are told',
  text: 'Each of them gets the invitation by mail. You need not do anything.',
  back: null,
};
const willBeTold = {
  title: 'Your guests will be told',
  text: 'The booking is not confirmed yet. As soon as it is, each of them gets the invitation by mail.',
  back: null,
};

const isOver = ({ request }: KnownBooking, now: number): boolean => now >= toEpochMs(request.end);

/** `GET /bookings/{uid}/guests`: what the attendee's mail leads to while guests wait. Changes nothing. */
export const tellGuestsPage =
  (deps: HttpDeps, catalog: Catalog): EndpointHandler =>
  async (request) => {
    const found = await findByMailedLink(deps)(request);
    if (E.isLeft(found)) return found;
    const { uid, booking } = found.right;
    const facts = factsFor(deps, catalog)('guests', uid, booking);
    if (facts.guests.length === 0) return E.right(page(renderMessage(nobody)));
    if (!isLive(booking) || isOver(booking, deps.clock.now())) return E.right(page(renderMessage(ended)));
    if (guestsWait(booking)) return E.right(page(renderQuestion(facts, linksOf(request)('/guests'))));
    return E.right(page(renderMessage(booking.phase === 'accepted' ? told : willBeTold)));
  };

/** `POST /bookings/{uid}/guests`, the button of that page. Pressed twice is pressed once. */
export const tellGuests =
  (deps: HttpDeps): EndpointHandler =>
  async (request) => {
    const ours = fromOurPage(deps, request);
    if (E.isLeft(ours)) return ours;
    const found = await findByMailedLink(deps)(request);
    if (E.isLeft(found)) return found;
    const { uid } = found.right;
    const back = linksOf(request)('/guests', 'status');
    const verified = await deps.verifyMailbox(uid, changeContext(deps, null, uid, 'guest'))();
    return E.isRight(verified)
      ? E.right(seeOther(back))
      : E.right(refusedPage('Your guests were not told', fromApplication(verified.left), back));
  };
