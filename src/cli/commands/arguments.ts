import { InvalidArgumentError } from 'commander';

/** Keeps the text, so that it goes into the request as it was written. */
export const wholeNumber = (text: string): string => {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return text;
};

/** The end of every help page. */
export const examples = (...lines: ReadonlyArray<string>): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
