import { execa } from 'execa';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianTemplate } from '../../test/e2e/stage/manifests.ts';
import { inVolume } from '../../test/e2e/stage/in-volume.ts';
import { benchVm, deleteVm, startVm, stopVm } from '../machines.ts';
import { startPause } from '../plain-pods.ts';
import { repeated, timed, type Bench, type Row } from '../row.ts';
import { clone } from './clones.ts';

export const fullClone: Row = {
  name: 'Full clone',
  unit: '',
  goal: '<= 1.20',
  about:
    "(from apply until a full clone of a Debian VM that is off has Succeeded, less a plain pod's start) / qemu-img convert and sync of the same image; taken in turns",
  measure: repeated('full', async (bench, name) => {
    await bench.scene.apply(debianTemplate());
    await bench.scene.waitFor('condition=Ready', 'vmt/debian');
    const image = { templateRef: { name: 'debian' } };
    await startVm(bench, name, { image, disks: [{ name: 'root', size: '4Gi' }] });
    await stopVm(bench, name);
    const { largeImage, qemuDirectory } = bench;
    return ratio(bench, name, (imported) =>
      execa(join(qemuDirectory, 'qemu-img'), ['convert', '-O', 'qcow2', largeImage, imported]),
    );
  }),
};

export const largeFullClone: Row = {
  name: 'Full clone of 2 GiB',
  unit: '',
  goal: '<= 1.20',
  about:
    'the same of a VM whose disk holds 2 GiB of noise. Both copies are durable when their time is over, which qemu-img alone does not see to',
  measure: repeated('large', async (bench, name) => {
    await bench.scene.apply(claim(name));
    await inVolume(bench.scene, name, ['sh', '-euc', noise('/volume/disk.qcow2')]);
    const disks = [{ name: 'root', source: { pvc: { name } } }];
    await bench.scene.apply(benchVm(bench, name, { image: undefined, disks, running: false }));
    await bench.scene.waitFor('jsonpath={.status.phase}=Stopped', `vm/${name}`);
    const made = await ratio(bench, name, (image) =>
      execa('sh', ['-euc', noise(image)], {
        env: { PATH: `${bench.qemuDirectory}:${process.env['PATH'] ?? ''}` },
      }),
    );
    await bench.scene.k('delete', 'pvc', name, '--timeout=60s');
    return made;
  }),
};

/** Of a clone to a copy on the host of what `make` writes at a path; the VM and its clone are deleted. */
async function ratio(bench: Bench, vm: string, make: (path: string) => Promise<unknown>): Promise<number> {
  const pause = await startPause(bench, `${vm}-pause`);
  const cloned = await clone(bench, vm, 'full');
  await deleteVm(bench, `${vm}-clone`, vm);
  const directory = await mkdtemp(join(tmpdir(), 'bench-convert-'));
  const [image, copy] = [join(directory, 'image.qcow2'), join(directory, 'copy.qcow2')];
  try {
    await make(image);
    await execa('sync', [image]);
    return (cloned - pause) / (await timed(() => convert(bench, image, copy)));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** As durable as a clone's disk. */
async function convert({ qemuDirectory }: Bench, from: string, to: string): Promise<void> {
  await execa(join(qemuDirectory, 'qemu-img'), ['convert', '-O', 'qcow2', from, to]);
  await execa('sync', [to]);
}

/** For the few commands of the launcher's image, and busybox's head knows no G. */
const noise = (file: string): string =>
  `head -c ${2 * 1024 ** 3} /dev/urandom > ${file}.raw && qemu-img convert -O qcow2 -f raw ${file}.raw ${file} && rm ${file}.raw`;

const claim = (name: string) => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name } },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '6Gi' } } },
});
