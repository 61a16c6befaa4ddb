import { execFile } from 'node:child_process';
import { chmod, copyFile, cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../support/source-files.ts';
import { environmentOf, type Instruction, parseDockerfile, type Stage, textsOf } from './dockerfile.ts';

const run = promisify(execFile);

/** A stage's file system, as far as the Dockerfile makes it, below a folder. */
type Root = { readonly folder: string; readonly workdir: string };

/** Who runs the image; where a test is not root it can only be itself. */
export const runner = (stage: Stage): { readonly uid: number; readonly gid: number } => {
  const [uid = 0, gid = 0] = (textsOf(stage, 'USER').at(-1) ?? '').split(':').map(Number);
  const own = { uid: process.getuid?.() ?? uid, gid: process.getgid?.() ?? gid };
  return own.uid === 0 ? { uid, gid } : own;
};

/** The one program that the base image has and the Dockerfile uses: the Node that runs this. */
const giveNode = async (folder: string): Promise<void> => {
  const place = join(folder, 'usr/local/bin/node');
  await mkdir(dirname(place), { recursive: true });
  await copyFile(process.execPath, place);
  await chmod(place, 0o755);
};

/** `COPY [--from=stage] what... where`: as Docker does it, a folder's content goes into a folder of the name that is given. */
const copy = async (text: string, root: Root, stages: ReadonlyMap<string, Root>): Promise<void> => {
  const [, stage, names = ''] = /^(?:--from=(\S+)\s+)?(.*)$/.exec(text) ?? [];
  const words = names.split(/\s+/);
  const target = words.at(-1) ?? '';
  for (const name of words.slice(0, -1)) {
    const from = stage === undefined ? join(projectFolder, name) : join(stages.get(stage)?.folder ?? '', name);
    const to = join(root.folder, root.workdir, target, target.endsWith('/') ? name : '');
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
  }
};

/** Runs a line with the paths of the image moved below the folder, and with npm taking what is in its cache already. */
const runLine = async (line: string, root: Root, stage: Stage): Promise<void> => {
  const { uid, gid } = runner(stage);
  const moved = line.replace(/(?<=\s)\/(?=\w)/g, `${root.folder}/`).replace(/-o \d+ -g \d+/, `-o ${uid} -g ${gid}`);
  const env = { ...process.env, npm_config_prefer_offline: 'true' };
  await run('sh', ['-ec', moved], { cwd: join(root.folder, root.workdir), env });
};

const follow = async (
  { name, text }: Instruction,
  root: Root,
  stage: Stage,
  done: ReadonlyMap<string, Root>,
): Promise<Root> => {
  if (name === 'WORKDIR') {
    await mkdir(join(root.folder, text), { recursive: true });
    return { ...root, workdir: text };
  }
  if (name === 'COPY') await copy(text, root, done);
  if (name === 'RUN') await runLine(text, root, stage);
  return root;
};

export type Image = Root & { readonly stage: Stage; readonly env: Readonly<Record<string, string>> };

/** Follows a Dockerfile below a folder, without an engine. The base image is not there: of it only Node is given. */
export const replay = async (text: string, folder: string): Promise<Image> => {
  const done = new Map<string, Root>();
  let last: Image | null = null;
  for (const stage of parseDockerfile(text)) {
    let root: Root = { folder: join(folder, stage.name || 'image'), workdir: '/' };
    await giveNode(root.folder);
    for (const instruction of stage.instructions) root = await follow(instruction, root, stage, done);
    done.set(stage.name, root);
    last = { ...root, stage, env: environmentOf(stage) };
  }
  if (last === null) throw new Error('no stage');
  return last;
};
