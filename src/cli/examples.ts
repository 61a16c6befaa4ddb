/** The end of every help page. */
export const examples = (...lines: ReadonlyArray<string>): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;
