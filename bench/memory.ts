import { readdir, readFile } from 'node:fs/promises';

/** The memory of the bench's guests; no other mapping of QEMU's has this size. */
export const GUEST_MIB = 160;

/**
 * Proportional set size in MiB: what is shared counts in shares. Without the guest's memory, of which one boot touches
 * more than another. Zero of a process that is gone.
 */
export async function pss(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps`, 'utf8').catch(() => '');
  const mappings = text.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).filter((mapping) => !isGuest(mapping));
  return mappings.reduce((sum, mapping) => sum + kibibytes(mapping, 'Pss'), 0) / 1024;
}

function isGuest(mapping: string): boolean {
  return kibibytes(mapping, 'Size') === GUEST_MIB * 1024;
}

function kibibytes(mapping: string, field: 'Size' | 'Pss'): number {
  return Number(new RegExp(`^${field}: +(\\d+) kB`, 'm').exec(mapping)?.[1] ?? 0);
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
