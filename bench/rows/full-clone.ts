import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianTemplate } from '../../test/e2e/stage/manifests.ts';
import { FILLED, makeFilledVm } from '../filled-vm.ts';
import { deleteVm, startVm, stopVm } from '../machines.ts';
import { startPause } from '../plain-pods.ts';
import { repeated, timed, type Bench, type Row } from '../row.ts';
import { clone } from './clones.ts';

export const fullClone: Row = {
  name: 'Full clone',
  unit: '',
  goal: '<= 1.20',
  about:
    "(from apply until a full clone of a Debian VM that is off has Succeeded, less a plain pod's start) / qemu-img convert and sync of the same image; taken in turns",
  measure: ratios('full', {
    image: (bench, path) => qemuImg(bench, ['convert', '-O', 'qcow2', bench.largeImage, path]),
    vm: async (bench, name) => {
      await bench.scene.apply(debianTemplate());
      await bench.scene.waitFor('condition=Ready', 'vmt/debian');
      const image = { templateRef: { name: 'debian' } };
      await startVm(bench, name, { image, disks: [{ name: 'root', size: '4Gi' }] });
      await stopVm(bench, name);
    },
  }),
};

export const largeFullClone: Row = {
  name: 'Full clone of 2 GiB',
  unit: '',
  goal: '<= 1.20',
  about:
    'the same of a VM whose disk holds 2 GiB of noise. Both copies are durable when their time is over, which qemu-img alone does not see to',
  measure: ratios('large', {
    image: ({ qemuDirectory }, path) =>
      execa('sh', ['-euc', noise(path)], {
        env: { PATH: `${qemuDirectory}:${process.env['PATH'] ?? ''}` },
      }),
    vm: (bench, name) => makeFilledVm(bench, name, '6Gi', noise(FILLED)),
  }),
};

/** What is copied. */
interface Copied {
  /** Writes it on the host. */
  readonly image: (bench: Bench, path: string) => Promise<unknown>;
  /** Makes a VM that has it and is off. */
  readonly vm: (bench: Bench, name: string) => Promise<void>;
}

/** Of clones to copies on the host. */
function ratios(series: string, { image, vm }: Copied): Row['measure'] {
  return async (bench) => {
    const directory = await mkdtemp(join(tmpdir(), 'bench-convert-'));
    const path = join(directory, 'image.qcow2');
    try {
      await image(bench, path);
      await execa('sync', [path]);
      const ratio = async (_: Bench, name: string): Promise<number> => {
        await vm(bench, name);
        return (await cloneTime(bench, name)) / (await copyTime(bench, path));
      };
      return await repeated(series, ratio)(bench);
    } finally {
      await rm(directory, { recursive: true });
    }
  };
}

/** Less a plain pod's start. The VM and its clone are deleted. */
async function cloneTime(bench: Bench, vm: string): Promise<number> {
  const pause = await startPause(bench, `${vm}-pause`);
  const cloned = await clone(bench, vm, 'full');
  await deleteVm(bench, `${vm}-clone`, vm);
  return cloned - pause;
}

/** As durable as a clone's disk. */
async function copyTime(bench: Bench, path: string): Promise<number> {
  const copy = `${path}.copy`;
  const taken = await timed(async () => {
    await qemuImg(bench, ['convert', '-O', 'qcow2', path, copy]);
    await execa('sync', [copy]);
  });
  await rm(copy);
  return taken;
}

const qemuImg = ({ qemuDirectory }: Bench, parameters: readonly string[]): Promise<unknown> =>
  execa(join(qemuDirectory, 'qemu-img'), parameters);

/** 64 MiB of noise again and again, which nothing here finds out. For the few commands of the launcher's image. */
const noise = (file: string): string => `
  head -c ${64 * 1024 ** 2} /dev/urandom > ${file}.noise
  i=0
  while [ $i -lt 32 ]; do cat ${file}.noise; i=$((i + 1)); done > ${file}.raw
  qemu-img convert -O qcow2 -f raw ${file}.raw ${file}
  rm ${file}.noise ${file}.raw`;
