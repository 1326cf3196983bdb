import { readdir, readFile } from 'node:fs/promises';

/** Proportional set size in MiB: what is shared counts in shares. Zero of a process that is gone. */
export async function pss(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss: +(\d+) kB/m.exec(text)?.[1] ?? 0) / 1024;
}

/** Of all containers of a pod, without its sandbox, which every pod has. */
export async function podPss(uid: string): Promise<number> {
  const pids = await processesOf(uid);
  const sizes = await Promise.all(pids.map(pss));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Processes of containers know their pod by their cgroup's path, which holds its uid. */
export async function processesOf(uid: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(async (pid) => ((await isOf(pid, uid)) ? [Number(pid)] : [])));
  return found.flat();
}

async function isOf(pid: string, uid: string): Promise<boolean> {
  const read = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  const cgroup = await read('cgroup');
  // The systemd driver writes a uid with underscores.
  if (!cgroup.includes(uid) && !cgroup.includes(uid.replaceAll('-', '_'))) return false;
  return !(await read('cmdline')).startsWith('/pause');
}
