import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from './waiting.ts';

const ROOT = '/sys/fs/cgroup';
const UNIFIED = existsSync(join(ROOT, 'cgroup.controllers'));

/** One path a hierarchy: just one with cgroup v2, one a controller with v1. */
async function hierarchies(): Promise<string[]> {
  if (UNIFIED) return [ROOT];
  const names = await readdir(ROOT, { withFileTypes: true });
  return names.filter((entry) => entry.isDirectory()).map((entry) => join(ROOT, entry.name));
}

/** The hierarchy by whose groups we know our processes: no matter which, as long as it is always the same. */
const TRACKING = UNIFIED ? ROOT : join(ROOT, 'pids');

/** Makes the cgroup in every hierarchy, ready to have children. */
export async function ensureCgroup(cgroup: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    let parent = hierarchy;
    for (const name of cgroup.split('/')) {
      if (UNIFIED) await enableControllers(parent);
      const child = join(parent, name);
      await mkdir(child, { recursive: true });
      if (existsSync(join(child, 'cpuset.cpus')) && !UNIFIED) await inheritCpuset(parent, child);
      parent = child;
    }
    if (UNIFIED) await enableControllers(parent);
  }
}

/**
 * Lets the group have as much of the processors as it needs, and leave the rest. By default all guests of a cluster
 * together count as much as one other process of the machine: they starve beside a compiler.
 */
export async function preferCgroup(cgroup: string): Promise<void> {
  if (UNIFIED) await writeFile(join(ROOT, cgroup, 'cpu.weight'), '1600');
  else await writeFile(join(ROOT, 'cpu', cgroup, 'cpu.shares'), '16384');
}

/** The file into which a process writes its pid to have its processor time from the group. */
export function processorFile(cgroup: string): string {
  return join(ROOT, UNIFIED ? '' : 'cpu', cgroup, 'cgroup.procs');
}

/** The file into which a process writes its pid to join the group, for good and with all its children. */
export async function joinFile(cgroup: string): Promise<string> {
  const path = join(TRACKING, cgroup);
  await mkdir(path, { recursive: true });
  return join(path, 'cgroup.procs');
}

/** Pids of the group alone, without the groups below it. */
export async function processesOf(cgroup: string): Promise<number[]> {
  const pids = await readFile(join(TRACKING, cgroup, 'cgroup.procs'), 'utf8').catch(() => '');
  return pids.split('\n').filter(Boolean).map(Number);
}

/** Ends every process of the group and of the groups below it. New ones may appear meanwhile, hence the repetition. */
export async function killCgroup(cgroup: string): Promise<void> {
  await waitFor({ until: `no process is left in cgroup ${cgroup}`, seconds: 30 }, async () => {
    const pids = (
      await Promise.all((await hierarchies()).map((root) => processesBelow(join(root, cgroup))))
    ).flat();
    for (const pid of new Set(pids)) kill(pid);
    return pids.length === 0 ? true : undefined;
  });
}

export async function removeCgroup(cgroup: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const tree = join(hierarchy, cgroup);
    // Busy until the kernel is done with the processes that have just been killed.
    await waitFor({ until: `${tree} is empty`, seconds: 10 }, () => removeTree(tree));
  }
}

async function processesBelow(directory: string): Promise<number[]> {
  const children = await subdirectories(directory);
  const below = await Promise.all(children.map(processesBelow));
  const own = await readFile(join(directory, 'cgroup.procs'), 'utf8').catch(() => '');
  return [...own.split('\n').filter(Boolean).map(Number), ...below.flat()];
}

async function removeTree(directory: string): Promise<true | undefined> {
  for (const child of await subdirectories(directory)) await removeTree(child);
  try {
    await rmdir(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EBUSY') return undefined;
    if (code !== 'ENOENT') throw error;
  }
  return true;
}

async function subdirectories(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(directory, entry.name));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function enableControllers(directory: string): Promise<void> {
  const available = (await readFile(join(directory, 'cgroup.controllers'), 'utf8')).trim();
  const wanted = available
    .split(' ')
    .filter((name) => ['cpu', 'cpuset', 'io', 'memory', 'pids'].includes(name));
  for (const name of wanted) await writeFile(join(directory, 'cgroup.subtree_control'), `+${name}`);
}

/** A v1 cpuset group starts empty and takes no process before it is told its CPUs and memory nodes. */
async function inheritCpuset(parent: string, child: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const own = await readFile(join(child, file), 'utf8');
    if (own.trim() === '') await writeFile(join(child, file), await readFile(join(parent, file), 'utf8'));
  }
}
