const hidden = Symbol('secret');
const nodeInspect = Symbol.for('nodejs.util.inspect.custom');

/**
 * A value that never prints. The text lies in a closure behind a symbol that only this file knows, so that neither
 * `JSON.stringify`, template strings, `util.inspect` nor a walk over the properties reaches it.
 */
export type Secret = {
  readonly [hidden]: () => string;
  readonly toString: () => string;
  readonly toJSON: () => string;
};

const SECRET_TEXT = '[secret]';

const print = (): string => SECRET_TEXT;

export const secretOf = (text: string): Secret =>
  Object.freeze({ [hidden]: () => text, toString: print, toJSON: print, [nodeInspect]: print });

export const isSecret = (value: object): value is Secret => hidden in value;

/** The only way to the text. Call it where the text is sent, and keep no copy. */
export const reveal = (secret: Secret): string => secret[hidden]();
