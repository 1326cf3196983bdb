import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, writeAtomically } from './atomic-file.ts';
import { joinFile, killCgroup, processesOf } from './cgroups.ts';
import type { ClusterNode, Instance } from './instance.ts';
import { mountNamespacePath } from './mount-namespace.ts';
import { waitFor } from './waiting.ts';

/**
 * A process that outlives the run that started it. It is known by a cgroup of its own: a pid alone would be
 * given again to another process, and a run that is killed may not come to write one down.
 */
export interface Daemon {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Files that it reads at its start: a change of them restarts it. */
  readonly configuration?: readonly string[];
  /** The node in whose namespaces it runs; in the machine's own where absent. */
  readonly node?: ClusterNode;
}

export interface DaemonState {
  readonly name: string;
  readonly pid: number;
  readonly alive: boolean;
}

interface DaemonRecord {
  readonly pid: number;
  readonly digest: string;
}

/** Starts the daemon, unless it runs already from the very same command and configuration. */
export async function ensureDaemon(instance: Instance, daemon: Daemon): Promise<void> {
  const digest = await digestOf(daemon);
  const former = await readRecord(instance, daemon.name);
  if (former?.digest === digest && (await isAlive(instance, daemon.name, former))) return;
  await stopDaemon(instance, daemon.name);
  const record: DaemonRecord = { pid: await spawnDetached(instance, daemon), digest };
  await writeAtomically(recordPath(instance, daemon.name), JSON.stringify(record));
}

/** Throws, with the end of its log, when the daemon has died. */
export async function assertAlive(instance: Instance, name: string): Promise<void> {
  const record = await readRecord(instance, name);
  if (record && (await isAlive(instance, name, record))) return;
  const log = await readIfThere(logPath(instance, name));
  const end = (log ?? '').trimEnd().split('\n').slice(-12).join('\n');
  throw new Error(`${name} has died; ${logPath(instance, name)} ends with:\n${end}`);
}

export async function daemonStates(instance: Instance): Promise<DaemonState[]> {
  const files = await readdir(join(instance.directory, 'daemons')).catch(() => []);
  const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
  const states = names.sort().map(async (name) => {
    const record = await readRecord(instance, name);
    return record && { name, pid: record.pid, alive: await isAlive(instance, name, record) };
  });
  return (await Promise.all(states)).filter((state) => state !== undefined);
}

export async function stopDaemon(instance: Instance, name: string): Promise<void> {
  const record = await readRecord(instance, name);
  if (record && (await isAlive(instance, name, record))) {
    process.kill(record.pid, 'SIGTERM');
    const gone = async () => ((await isAlive(instance, name, record)) ? undefined : true);
    await waitFor({ until: `${name} stops`, seconds: 10 }, gone).catch(() => undefined);
  }
  await killCgroup(cgroupOf(instance, name));
  await rm(recordPath(instance, name), { force: true });
}

async function spawnDetached(instance: Instance, daemon: Daemon): Promise<number> {
  const cgroup = cgroupOf(instance, daemon.name);
  const log = openLog(instance, daemon.name);
  const enter = daemon.node ? enterNode(daemon.node) : [];
  // The shell joins the cgroup before it becomes the daemon, so that not even its first child escapes.
  const shell = ['-c', 'echo $$ > "$0" && exec "$@"', await joinFile(cgroup), ...enter, ...daemon.command];
  const child = spawn('sh', shell, { detached: true, stdio: ['ignore', log, log], cwd: '/' });
  closeSync(log);
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw new Error(`No process could be made for ${daemon.name}`);
  await waitFor(
    { until: `${daemon.name} is in its cgroup`, seconds: 5, intervalMilliseconds: 5 },
    async () => (child.exitCode !== null || (await processesOf(cgroup)).includes(pid) ? true : undefined),
  );
  return pid;
}

function enterNode(node: ClusterNode): string[] {
  return ['nsenter', `--net=/run/netns/${node.netns}`, `--mount=${mountNamespacePath(node)}`, '--'];
}

async function isAlive(instance: Instance, name: string, record: DaemonRecord): Promise<boolean> {
  return (await processesOf(cgroupOf(instance, name))).includes(record.pid);
}

async function digestOf(daemon: Daemon): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([daemon.command, daemon.node?.name]));
  for (const path of daemon.configuration ?? []) hash.update(await readFile(path));
  return hash.digest('hex');
}

async function readRecord(instance: Instance, name: string): Promise<DaemonRecord | undefined> {
  const text = await readIfThere(recordPath(instance, name));
  // Only this file writes them, and atomically.
  return text === undefined ? undefined : (JSON.parse(text) as DaemonRecord);
}

function openLog(instance: Instance, name: string): number {
  mkdirSync(join(instance.directory, 'logs'), { recursive: true });
  return openSync(logPath(instance, name), 'a');
}

function cgroupOf(instance: Instance, name: string): string {
  return `${instance.cgroup}/daemons/${name}`;
}

function recordPath(instance: Instance, name: string): string {
  return join(instance.directory, 'daemons', `${name}.json`);
}

function logPath(instance: Instance, name: string): string {
  return join(instance.directory, 'logs', `${name}.log`);
}
