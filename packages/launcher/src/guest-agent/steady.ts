import type { GuestFileSystem } from '@hypersdk/api/machine';

/** Percent by which a file system must have grown or shrunk before that is told. */
const STEP = 5;

/** What is used as it was told last, until it is off by a step: a guest that only works is not news. */
export function steady(
  before: readonly GuestFileSystem[],
  now: readonly GuestFileSystem[],
): GuestFileSystem[] {
  return now.map((fileSystem) => {
    const told = before.find(({ mountPoint }) => mountPoint === fileSystem.mountPoint);
    const used = told?.usedPercent;
    if (used === undefined || fileSystem.usedPercent === undefined) return fileSystem;
    const moved = Math.abs(fileSystem.usedPercent - used) >= STEP || told?.size !== fileSystem.size;
    return moved ? fileSystem : { ...fileSystem, usedPercent: used };
  });
}
