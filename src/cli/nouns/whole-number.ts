import { InvalidArgumentError } from 'commander';

/** Keeps the text, so that it goes into the request as it was written. */
export const wholeNumber = (text: string): string => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return text;
};
