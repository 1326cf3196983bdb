import { readFile } from 'node:fs/promises';
import { execa } from 'execa';

/** Unmounts all that lies below the directory: kubelet volumes, overlays and namespaces of crashed pods. */
export async function unmountBelow(directory: string): Promise<void> {
  const mountPoints = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .map((line) => unescape(line.split(' ')[4] ?? ''))
    .filter((mountPoint) => mountPoint.startsWith(`${directory}/`));
  // The last one mounted may hide an earlier one. Lazily, for what still lingers in a dying process.
  for (const mountPoint of mountPoints.reverse()) await execa('umount', ['--lazy', mountPoint]);
}

/** The kernel writes blanks and backslashes of a path as octal numbers. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
