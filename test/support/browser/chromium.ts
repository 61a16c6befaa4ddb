import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Json } from '../../../src/domain/log/envelope.ts';
import { connectDevtools } from './devtools.ts';

type Key = 'Tab' | 'Enter';

/** `windowsVirtualKeyCode` is the protocol's name for a key's number, on every system. */
const KEYS = {
  Tab: { type: 'rawKeyDown', key: 'Tab', windowsVirtualKeyCode: 9 },
  Enter: { type: 'keyDown', key: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
} as const;

export type Tab = {
  /** Loads an address, as if it were typed. */
  readonly open: (url: string) => Promise<void>;
  /** The value of a JavaScript expression in the page. */
  readonly evaluate: (expression: string) => Promise<Json>;
  /** Presses a key in whatever has the focus. */
  readonly press: (key: Key) => Promise<void>;
  /** The width of the page in CSS pixels. */
  readonly resize: (width: number) => Promise<void>;
  /** What the browser complained about so far: broken policies, faults of scripts. */
  readonly complaints: ReadonlyArray<string>;
};

export type Chromium = {
  readonly tab: (settings?: { readonly scripts: boolean }) => Promise<Tab>;
  readonly stop: () => Promise<void>;
};

const textIn = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** A real browser without a window, with a profile of its own that goes with it. */
export const startChromium = async (path: string): Promise<Chromium> => {
  const profile = await mkdtemp(join(tmpdir(), 'holdfast-chromium-'));
  const flags = ['--headless', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'];
  // Chromium refuses to run as root with its sandbox; it sees pages of ours alone.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = spawn(
    path,
    [...flags, ...sandbox, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const exited = new Promise((resolve) => browser.once('exit', resolve));
  const address = await new Promise<string>((resolve, reject) => {
    createInterface(browser.stderr).on('line', (line) => {
      const found = /^DevTools listening on (\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    browser.once('error', reject);
    browser.once('exit', (code) => reject(new Error(`${path} ended with ${code}`)));
  });
  const devtools = await connectDevtools(address);

  const tab: Chromium['tab'] = async ({ scripts } = { scripts: true }) => {
    const complaints: string[] = [];
    const { targetId = null } = await devtools.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
    const send: typeof devtools.send = (method, params) => devtools.send(method, params, textIn(sessionId));
    devtools.onEvent((method, params, heardIn) => {
      if (heardIn !== sessionId) return;
      if (method === 'Log.entryAdded' || method === 'Runtime.exceptionThrown') complaints.push(JSON.stringify(params));
    });
    for (const domain of ['Log', 'Runtime', 'Page']) await send(`${domain}.enable`);
    await send('Emulation.setScriptExecutionDisabled', { value: !scripts });
    return {
      complaints,
      open: async (url) => void (await send('Page.navigate', { url })),
      evaluate: async (expression) => {
        const { result } = await send('Runtime.evaluate', { expression, returnByValue: true });
        return typeof result === 'object' && result !== null && 'value' in result ? (result.value ?? null) : null;
      },
      press: async (key) => {
        await send('Input.dispatchKeyEvent', KEYS[key]);
        await send('Input.dispatchKeyEvent', { ...KEYS[key], type: 'keyUp' });
      },
      resize: async (width) => {
        const metrics = { width, height: 800, deviceScaleFactor: 1, mobile: true };
        await send('Emulation.setDeviceMetricsOverride', metrics);
      },
    };
  };

  return {
    tab,
    stop: async () => {
      devtools.close();
      browser.kill();
      await exited;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};
