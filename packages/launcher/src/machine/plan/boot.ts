import type { AttachedDisk } from '../../qemu/devices/disk.ts';
import { isImageOnDevice } from '../../qemu/disks/image-on-device.ts';
import { isCopied } from '../../qemu/migration/memory-files.ts';
import type { Job } from './action.ts';
import { earliest, failedJobs, isDue } from './due-jobs.ts';
import type { Failure, Observed, ObservedDisk } from '../observe/observed.ts';
import { isToGrow } from './growth.ts';
import { misfit, resumeFrom } from './memory.ts';
import { isSharedWithSource, wantedAcceleration } from './incoming.ts';
import { unsupported } from './unsupported.ts';
import type { Plan } from './planned.ts';

/** The way from a fresh pod to QEMU's start. All that is missing is made at once, side by side. */
export function planBoot(observed: Observed, now: Date): Plan {
  const { spec, acceleration } = observed;
  if (observed.powerdownRequested) return { phase: 'PoweringDown', actions: [{ type: 'decline' }] };
  const refused = unsupported(spec) ?? misfit(observed);
  if (refused) return { phase: 'Failed', actions: [], problem: refused };

  const wanted = wantedJobs(observed);
  const disks = readyDisks(observed.disks);
  const failures = [...brokenDisks(observed.disks), ...failedJobs(observed, wanted)];
  const lost = failures.find(({ permanent }) => permanent);
  if (wanted.length === 0 && disks && acceleration) {
    // The operator's next spec calls them existing.
    if (spec.disks.some(isImageOnDevice)) return { phase: 'Preparing', actions: [] };
    if (!observed.networkReady) return waitForNetwork(now);
    return {
      phase: 'Preparing',
      actions: [{ type: 'launch', acceleration, disks, ...resumption(observed) }],
    };
  }
  return {
    phase: lost ? 'Failed' : 'Preparing',
    actions: wanted.filter((job) => isDue(observed, job, now)),
    problem: (lost ?? failures[0])?.problem,
    wakeAt: earliest(failures.map(({ retryAt }) => retryAt)),
  };
}

function resumption(observed: Observed) {
  const memory = resumeFrom(observed);
  if (memory === undefined) return {};
  const saved = observed.savedMemory?.saved;
  const { room, clone } = saved ?? {};
  const isCopy = saved !== undefined && isCopied(saved);
  return { resumeFrom: memory, isCopy, ...(room && { room }), ...(clone && { clone }) };
}

/** Milliseconds. Nothing tells of a link that comes up, and as a rule it was first. */
const NETWORK_LOOK = 50;

function waitForNetwork(now: Date): Plan {
  return { phase: 'Preparing', actions: [], wakeAt: new Date(now.getTime() + NETWORK_LOOK) };
}

function wantedJobs(observed: Observed): Job[] {
  const { spec, disks, seedPresent, firmwareReady, acceleration } = observed;
  // A guest that goes on knows its disks' sizes; they grow when it runs.
  const mayGrow = resumeFrom(observed) === undefined;
  return [
    ...disks.filter(({ disk }) => !isSharedWithSource(spec, disk)).flatMap((disk) => diskJobs(disk, mayGrow)),
    ...(spec.cloudInit && !seedPresent ? [{ type: 'make-seed', cloudInit: spec.cloudInit } as const] : []),
    ...(spec.firmware && !firmwareReady
      ? [{ type: 'make-firmware-state', firmware: spec.firmware } as const]
      : []),
    ...(acceleration ? [] : [{ type: 'resolve-acceleration', wanted: wantedAcceleration(spec) } as const]),
  ];
}

function diskJobs({ disk, found }: ObservedDisk, mayGrow: boolean): Job[] {
  switch (found.state) {
    case 'missing':
      return [{ type: 'make-disk', disk }];
    case 'ready':
      return mayGrow && disk.volume.type === 'filesystem' && isToGrow(disk, found.virtualSize)
        ? [{ type: 'grow-disk', disk }]
        : [];
    case 'broken':
      return [];
  }
}

function brokenDisks(disks: readonly ObservedDisk[]): Failure[] {
  return disks.flatMap(({ found }) => (found.state === 'broken' ? [found] : []));
}

/** All disks as QEMU takes them, or undefined while one is not ready. */
function readyDisks(disks: readonly ObservedDisk[]): AttachedDisk[] | undefined {
  const attached = disks.flatMap(({ disk, found }) =>
    found.state === 'ready'
      ? [
          {
            name: disk.name,
            device: disk.device,
            bootIndex: disk.bootIndex,
            ...(disk.bus && { bus: disk.bus }),
            layers: found.layers,
            directIo: found.directIo,
          },
        ]
      : [],
  );
  return attached.length === disks.length ? attached : undefined;
}
