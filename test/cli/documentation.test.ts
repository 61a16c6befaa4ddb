import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { runDemo } from '../../demo/run-demo.ts';
import { makeProgram } from '../../src/cli/program.ts';
import { recordingTerminal } from '../support/recording-terminal.ts';

const page = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');
/** Options that one table says for all commands that ask a server. */
const COMMON = ['--url', '--api-key', '--json'];

const leaves = (command: Command, path: ReadonlyArray<string> = []): ReadonlyArray<readonly [string, Command]> =>
  command.commands.length === 0
    ? [[path.join(' '), command]]
    : command.commands.flatMap((child) => leaves(child, [...path, child.name()]));

const all = (command: Command): ReadonlyArray<Command> => [command, ...command.commands.flatMap(all)];

const program = makeProgram({ terminal: recordingTerminal(), env: {}, end: () => undefined }, async () => runDemo);
const commands = leaves(program);
const sections = new Map(
  page
    .split('\n### ')
    .slice(1)
    .map((section) => [/^`holdfast (.+)`/.exec(section)?.[1] ?? section, section.split('\n## ')[0] ?? '']),
);

const optionsOf = (command: Command): ReadonlyArray<string> => {
  const names = command.options.flatMap(({ long }) => (long ? [long] : []));
  return names.includes('--url') ? names.filter((name) => !COMMON.includes(name)) : names;
};

describe('docs/cli.md', () => {
  it('given the commands of the program, when compared, then the page has these and no other', () => {
    expect([...sections.keys()].toSorted()).toEqual(commands.map(([name]) => name).toSorted());
  });
  it.for(commands)(
    'given the options of %s, when compared, then its section has these and no other',
    ([name, command]) => {
      const documented = [...(sections.get(name) ?? '').matchAll(/^\| (`--.+?) \|/gm)].flatMap(
        ([, cell = '']) => cell.match(/--[a-z-]+/g) ?? [],
      );
      expect(documented.toSorted()).toEqual(optionsOf(command).toSorted());
    },
  );
  it('given the help of every command, when printed, then it has examples', () => {
    const terminal = recordingTerminal();
    for (const command of all(program)) {
      const before = terminal.written.out.length;
      command.configureOutput({ writeOut: terminal.out }).outputHelp();
      expect(terminal.written.out.slice(before).join(''), command.name()).toMatch(/\nExamples:\n {2}.*holdfast /);
    }
  });
});
