import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureUefi } from '@hypersdk/images/qemu';
import {
  IMAGE_FILE,
  type MachineDisk,
  type MachineExit,
  type MachineSpec,
  MachineState,
  MachineTermination,
} from '@hypersdk/api/machine';
import { OPERATOR_NAME } from '../http/server.ts';
import { issue, testAuthority, type TestAuthority, writeIdentity } from './certificates.ts';
import { waitForLine } from './console-file.ts';
import type { Death } from './deaths.ts';
import { ask, LAUNCHER_NAME, type LauncherClient, open } from './launcher-client.ts';
import { PATIENCE } from './patience.ts';

const packageRoot = join(import.meta.dirname, '../..');
/** A VM's pod without Kubernetes: the real launcher and the real wrapper on directories of their own. */
export class TestPod {
  readonly root: string;
  readonly authority: TestAuthority;
  readonly console: string;
  readonly #uefi: string;
  readonly #processes: ChildProcess[] = [];
  #launchers = 0;
  launcher: ChildProcess | undefined;
  qemu: ChildProcess | undefined;
  client: LauncherClient | undefined;

  /** By default with an authority of its own. */
  static async create({
    name = LAUNCHER_NAME,
    authority,
  }: { readonly name?: string; readonly authority?: TestAuthority } = {}): Promise<TestPod> {
    const root = await mkdtemp(join(tmpdir(), 'pod-'));
    const pod = new TestPod(root, await ensureUefi(), authority ?? (await testAuthority()));
    for (const name of ['config', 'cloud-init', 'runtime', 'volumes', 'images', 'firmware'])
      await mkdir(pod.path(name));
    await writeFile(pod.console, '');
    await writeIdentity(pod.path('config'), await issue(pod.authority, name));
    pod.client = { name, port: 0, identity: await issue(pod.authority, OPERATOR_NAME) };
    return pod;
  }

  private constructor(root: string, uefi: string, authority: TestAuthority) {
    this.root = root;
    this.authority = authority;
    this.#uefi = uefi;
    this.console = join(root, 'console.log');
  }

  path(...names: string[]): string {
    return join(this.root, ...names);
  }

  /** A disk with an empty volume of its own. */
  async disk(name: string, changes: Partial<MachineDisk> = {}): Promise<MachineDisk> {
    const directory = this.path('volumes', name);
    await mkdir(directory);
    return {
      ...{ name, device: 'disk', size: 64 * 1024 * 1024, source: { type: 'blank' } },
      volume: { type: 'filesystem', directory },
      ...changes,
    };
  }

  /** A golden image with the content of `file`; resolves with its path. */
  async image(name: string, file: string): Promise<string> {
    await mkdir(this.path('images', name));
    const path = this.path('images', name, IMAGE_FILE);
    await copyFile(file, path);
    return path;
  }

  async mountSpec(spec: MachineSpec): Promise<void> {
    await writeFile(this.path('config', 'machine.json'), JSON.stringify(spec));
  }

  /** Starts a launcher and resolves when it listens; rejects when it dies first. */
  async startLauncher(death?: Death): Promise<void> {
    const log = await this.spawnLauncher(death);
    const died = new AbortController();
    this.launcher?.once('exit', () => {
      died.abort(new Error('the launcher has died'));
    });
    const signal = AbortSignal.any([died.signal, AbortSignal.timeout(PATIENCE)]);
    const [, port] = await waitForLine(log, /"port":(\d+)/, signal);
    if (this.client) this.client = { ...this.client, port: Number(port) };
  }

  /** Starts a launcher and resolves with its log. */
  async spawnLauncher(death?: Death): Promise<string> {
    const log = this.path(`launcher-${++this.#launchers}.log`);
    await writeFile(log, '');
    const command = [process.execPath, ...(death?.args ?? []), join(packageRoot, 'src/main.ts')];
    this.launcher = this.#spawn(log, command, death?.env);
    return log;
  }

  /** Starts what runs in the qemu container. Its console is a pipe, as kubelet's runtime makes it. */
  startQemu(): void {
    this.qemu = this.#spawn(this.console, [join(packageRoot, 'wrapper/qemu-wrapper')]);
  }

  /** Runs the preStop hook; it ends with the pod. */
  requestPowerdown(): void {
    this.#spawn(this.path('powerdown.log'), [join(packageRoot, 'wrapper/powerdown')]);
  }

  #spawn(log: string, command: readonly string[], env?: Death['env']): ChildProcess {
    const child = spawn('bash', ['-c', 'exec "$@" > >(exec cat >>"$0") 2>&1', log, ...command], {
      stdio: 'ignore',
      env: { ...process.env, ...this.environment, ...env },
    });
    this.#processes.push(child);
    return child;
  }

  /** What the processes find where; those of the test may look there as well. */
  get environment(): NodeJS.ProcessEnv {
    return {
      HYPERSDK_CONFIG: this.path('config'),
      HYPERSDK_CLOUD_INIT: this.path('cloud-init'),
      HYPERSDK_RUNTIME: this.path('runtime'),
      HYPERSDK_VOLUMES: this.path('volumes'),
      HYPERSDK_IMAGES: this.path('images'),
      HYPERSDK_UEFI: this.#uefi,
      HYPERSDK_PORT: '0',
      HYPERSDK_READINESS_PORT: '0',
      TERMINATION_LOG: this.path('termination-log'),
    };
  }

  waitForConsole(pattern: RegExp): Promise<RegExpMatchArray> {
    return waitForLine(this.console, pattern, AbortSignal.timeout(PATIENCE));
  }

  /** The first streamed state that `accepts` takes. */
  async waitForState(accepts: (state: MachineState) => boolean): Promise<MachineState> {
    if (!this.client) throw new Error('the pod was not created');
    const response = await open(this.client, 'GET', '/machine/events');
    const timeout = setTimeout(() => response.destroy(new Error('no such state')), PATIENCE);
    let text = '';
    let last = '';
    try {
      for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
        const lines = (text + chunk).split('\n');
        text = lines.pop() ?? '';
        for (const line of lines.filter(Boolean)) {
          last = line;
          const state = MachineState.parse(JSON.parse(line));
          if (accepts(state)) return state;
        }
      }
    } catch (error) {
      throw new Error(`the last state was ${last}`, { cause: error });
    } finally {
      clearTimeout(timeout);
      response.destroy();
    }
    throw new Error(`the stream ended; the last state was ${last}`);
  }

  async put(spec: MachineSpec): Promise<MachineState> {
    if (!this.client) throw new Error('the pod was not created');
    const { status, body } = await ask(this.client, 'PUT', '/machine', JSON.stringify(spec));
    if (status !== 200) throw new Error(`PUT answered ${status}: ${body}`);
    return MachineState.parse(JSON.parse(body));
  }

  /** What a new pod finds: the volumes, and an empty runtime directory. */
  async emptyRuntime(): Promise<void> {
    await rm(this.path('runtime'), { recursive: true });
    await mkdir(this.path('runtime'));
    await writeFile(this.console, '');
  }

  /** Ends a process the hard way and resolves when it is gone. */
  async kill(process: ChildProcess | undefined, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!process || hasEnded(process)) return;
    const exited = once(process, 'exit');
    process.kill(signal);
    await exited;
  }

  /** The exit code of the qemu container. */
  qemuExit(): Promise<number | null> {
    return exitOf(this.qemu);
  }

  /** The exit code of the launcher's container. */
  launcherExit(): Promise<number | null> {
    return exitOf(this.launcher);
  }

  /** Why the machine ended, as the launcher has left it behind. */
  async leftExit(): Promise<MachineExit | undefined> {
    const text = await readFile(this.path('termination-log'), 'utf8');
    return MachineTermination.parse(JSON.parse(text)).exit;
  }

  async remove(): Promise<void> {
    for (const process of this.#processes) await this.kill(process);
    await rm(this.root, { recursive: true, force: true });
  }
}

async function exitOf(container: ChildProcess | undefined): Promise<number | null> {
  if (!container) throw new Error('the container was not started');
  if (!hasEnded(container)) await once(container, 'exit', { signal: AbortSignal.timeout(PATIENCE) });
  return container.exitCode;
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;
