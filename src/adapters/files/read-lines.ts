import { createReadStream } from 'node:fs';

/**
 * The lines of a text file, one at a time, without their ends: `\n` or `\r\n` and nothing else. `node:readline` also ends a
 * line at U+2028 and U+2029, which JSON has within texts.
 */
export async function* readLines(path: string): AsyncGenerator<string> {
  let pieces: string[] = [];
  const whole = (last: string): string => {
    const line = [...pieces, last].join('');
    pieces = [];
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  };
  const chunks: AsyncIterable<string> = createReadStream(path, 'utf8');
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      yield whole(chunk.slice(from, end));
      from = end + 1;
    }
    if (from < chunk.length) pieces.push(chunk.slice(from));
  }
  if (pieces.length > 0) yield whole('');
}
