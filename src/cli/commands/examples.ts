/** The end of every help page. */
export const examples = (...lines: ReadonlyArray<string>): string =>
  `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`;

/** How help names the argument that says which booking. */
export const UID = 'its uid, or the beginning of it as lists show it';

/** Of commands that print for people unless they are asked for JSON. */
export const JSON_OPTION = ['--json', 'print JSON'] as const;
export type JsonOption = { readonly json?: true };
