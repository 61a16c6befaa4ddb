import type { Response } from 'express';
import type { Answer } from './endpoint.ts';

/** Express's own `send` would look at ETags, freshness and media types anew for each answer. */
const sendBody = (res: Response, status: number, mediaType: string, text: string): void => {
  const body = Buffer.from(text);
  res.statusCode = status;
  res.setHeader('Content-Type', mediaType);
  res.setHeader('Content-Length', body.byteLength);
  res.end(body);
};

/** Sends what a handler answered; nothing where the client is gone. */
export const sendAnswer = (res: Response, answer: Answer): void => {
  if (res.writableEnded || res.destroyed) return;
  for (const name in answer.headers) res.setHeader(name, answer.headers[name] ?? '');
  switch (answer.type) {
    case 'json':
      sendBody(res, answer.status, 'application/json; charset=utf-8', JSON.stringify(answer.json));
      return;
    case 'text':
      sendBody(res, 200, answer.mediaType, answer.text);
      return;
    case 'page':
      // Pages are for people; programs of other origins have the API.
      res.removeHeader('Access-Control-Allow-Origin');
      sendBody(res, answer.status, 'text/html; charset=utf-8', answer.html);
      return;
    case 'see-other':
      res.statusCode = 303;
      res.setHeader('Location', answer.location);
      res.end();
  }
};
