import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../support/source-files.ts';

/** One instruction; its text with continued lines joined. */
export type Instruction = { readonly name: string; readonly text: string };

/** What stands between one FROM and the next. */
export type Stage = { readonly from: string; readonly name: string; readonly instructions: ReadonlyArray<Instruction> };

/** As a Dockerfile is read: comment lines are left out, a backslash at the end of a line continues it. */
export const parseDockerfile = (text: string): ReadonlyArray<Stage> => {
  const lines = text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n');
  const instructions = lines.flatMap((line) => {
    const [, name, rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    return name === undefined ? [] : [{ name, text: rest }];
  });
  return instructions.reduce<ReadonlyArray<Stage>>((stages, instruction) => {
    const last = stages.at(-1);
    if (instruction.name === 'FROM') {
      const [from = '', , name = ''] = instruction.text.split(/\s+/);
      return [...stages, { from, name, instructions: [] }];
    }
    if (last === undefined) throw new Error(`${instruction.name} before FROM`);
    return [...stages.slice(0, -1), { ...last, instructions: [...last.instructions, instruction] }];
  }, []);
};

export const dockerfile = (): string => readFileSync(join(projectFolder, 'Dockerfile'), 'utf8');

/** The texts of all instructions of that name. */
export const textsOf = ({ instructions }: Stage, name: string): ReadonlyArray<string> =>
  instructions.filter((instruction) => instruction.name === name).map(({ text }) => text);

/** The words of an instruction in exec form; null where it is in shell form. */
export const execForm = (text: string): ReadonlyArray<string> | null => {
  const [, words] = /^(?:.*\bCMD\s+)?(\[.*\])$/.exec(text) ?? [];
  return words === undefined ? null : JSON.parse(words);
};

/** Variables of ENV, `NAME=value NAME=value`. */
export const environmentOf = (stage: Stage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    textsOf(stage, 'ENV').flatMap((text) => text.split(/\s+/).map((pair) => pair.split('=') as [string, string])),
  );

/** What `.dockerignore` lets through: this project's form, everything out and then some back in. */
export const contextOf = (text: string): ReadonlyArray<string> => {
  const [first, ...others] = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  if (first !== '*' || others.some((line) => !line.startsWith('!')))
    throw new Error('not a list of what is let through');
  return others.map((line) => line.slice(1));
};

/** What is wrong with a Dockerfile, in words. `node`: the version of Node that the tests run on. */
export const faultsOf = (text: string, node: string): ReadonlyArray<string> => {
  const stages = parseDockerfile(text);
  const last = stages.at(-1);
  if (last === undefined) return ['has no stage'];
  const fault = (isFine: boolean, words: string): ReadonlyArray<string> => (isFine ? [] : [words]);
  const user = textsOf(last, 'USER').at(-1) ?? '';
  const runs = stages.flatMap((stage) => textsOf(stage, 'RUN'));
  const copies = stages.flatMap((stage) => textsOf(stage, 'COPY'));
  return [
    ...stages.flatMap(({ from }) =>
      fault(from === `node:${node}-bookworm-slim`, `is built on ${from}, not on a slim Node ${node}`),
    ),
    ...fault(/^[1-9]\d*:[1-9]\d*$/.test(user), `runs as "${user}"`),
    ...fault(
      runs.filter((run) => /\bnpm\b/.test(run)).every((run) => /^npm ci --omit=dev\b/.test(run)),
      'installs more than production needs',
    ),
    ...fault(!textsOf(last, 'RUN').some((run) => /\bnpm\b/.test(run)), 'leaves the cache of npm in the image'),
    ...fault(
      copies.every((copy) => !/(^|\s)\.{1,2}\/?\s/.test(copy)),
      'copies whatever is there',
    ),
    ...fault(
      stages.every((stage) => textsOf(stage, 'ADD').length === 0),
      'uses ADD',
    ),
    ...fault(execForm(textsOf(last, 'CMD').at(-1) ?? '') !== null, 'starts through a shell, which takes the signals'),
    ...fault(
      execForm(textsOf(last, 'HEALTHCHECK').at(-1) ?? '') !== null,
      'has no health check, or one through a shell',
    ),
    ...fault(
      textsOf(last, 'VOLUME').includes(environmentOf(last).HOLDFAST_DATA ?? ''),
      'keeps its data in the container',
    ),
    ...fault(environmentOf(last).NODE_ENV === 'production', 'is not for production'),
    ...fault(!/PASSWORD|SECRET|API_KEY|TOKEN/.test(text), 'names a secret'),
  ];
};
