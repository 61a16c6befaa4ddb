import * as E from 'fp-ts/lib/Either.js';
import type { CliContext } from '../cli-context.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { type ApiResult, call, describeApiFailure } from './client.ts';
import { type ServerOptions, serverOf } from './server-options.ts';

export type Ask = ReturnType<typeof call>;

/** What a command asks for, and how people see the answer. `data` is what `--json` prints. */
export type Request<A> = {
  readonly ask: (ask: Ask) => ApiResult<A>;
  readonly data: (answer: A) => unknown;
  readonly lines: (answer: A) => ReadonlyArray<string>;
};

/** Asks the server and prints the answer: lines, or JSON for machines. */
export const runRequest = async <A>(
  { terminal, env }: Pick<CliContext, 'terminal' | 'env'>,
  options: ServerOptions,
  request: Request<A>,
): Promise<ExitCode> => {
  const server = serverOf(options, env);
  if (E.isLeft(server)) {
    terminal.err(`holdfast: ${server.left}`);
    return exitCode.usage;
  }
  const answer = await request.ask(call(server.right));
  if (E.isLeft(answer)) {
    terminal.err(`holdfast: ${describeApiFailure(answer.left)}`);
    return exitCode.failed;
  }
  if (options.json) terminal.out(JSON.stringify(request.data(answer.right), null, 2));
  else for (const line of request.lines(answer.right)) terminal.out(line);
  return exitCode.fine;
};
