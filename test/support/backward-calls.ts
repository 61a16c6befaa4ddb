/** Where the bracket that opens at `open` ends; strings, templates and comments in between are passed over. */
const endOfBrackets = (text: string, open: number): number => {
  const skipped = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|[()[\]{}]/g;
  skipped.lastIndex = open;
  let depth = 0;
  for (let found = skipped.exec(text); found !== null; found = skipped.exec(text)) {
    if ('([{'.includes(found[0])) depth += 1;
    else if (')]}'.includes(found[0])) depth -= 1;
    if (depth === 0) return skipped.lastIndex;
  }
  return text.length;
};

/** Functions of fp-ts that take their data in the first call, or make something that is called later. */
const takesNoData = new Set([
  'tryCatch',
  'tryCatchK',
  'right',
  'left',
  'of',
  'some',
  'fromEither',
  'fromTask',
  'fromOption',
]);

/** Calls such as `E.map(f)(value)`: data last, instead of `pipe(value, E.map(f))`. Each as its line and its beginning. */
export const backwardCalls = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?<![\w.])(?:E|TE|O|T|RA|A)\.(\w+)\(/g)]
    .filter(({ 0: call, 1: name = '', index }) => {
      const end = endOfBrackets(text, index + call.length - 1);
      if (takesNoData.has(name) || text[end] !== '(') return false;
      // `traverse(F)(f)` makes a function; its data would be in a third call.
      return !/^(?:traverse|sequence)$/.test(name) || text[endOfBrackets(text, end)] === '(';
    })
    .map(({ 0: call, index }) => `${text.slice(0, index).split('\n').length}: ${call}`);
