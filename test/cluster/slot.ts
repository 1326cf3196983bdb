import { mkdir, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { instanceAt, PREFERRED_SLOTS, SLOTS, STATE_ROOT } from './instance.ts';
import type { Instance } from './instance.ts';

const directory = join(STATE_ROOT, 'slots');

/** The instance of this name as it lies on the machine; none where it holds no addresses. */
export async function findInstance(name: string): Promise<Instance | undefined> {
  for (const slot of await readdir(directory).catch(() => [])) {
    const holder = await readlink(join(directory, slot)).catch(() => undefined);
    if (holder === name) return instanceAt(name, Number(slot));
  }
  return undefined;
}

/** Gives the instance a slot of its own. A symbolic link, because making one succeeds for one run only. */
export async function claimInstance(name: string): Promise<Instance> {
  const found = await findInstance(name);
  if (found) return found;
  await mkdir(directory, { recursive: true });
  for (const slot of candidateSlots(name)) {
    if (await take(slot, name)) return instanceAt(name, slot);
  }
  throw new Error(`All ${SLOTS} address ranges are taken; stop an instance that ${directory} names`);
}

export async function releaseInstance(instance: Instance): Promise<void> {
  await rm(join(directory, String(instance.slot)), { force: true });
}

function candidateSlots(name: string): number[] {
  const preferred = PREFERRED_SLOTS[name];
  const reserved = new Set(Object.values(PREFERRED_SLOTS));
  const free = Array.from({ length: SLOTS }, (_, slot) => slot).filter((slot) => !reserved.has(slot));
  return preferred === undefined ? free : [preferred, ...free];
}

async function take(slot: number, name: string): Promise<boolean> {
  try {
    await symlink(name, join(directory, String(slot)));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
