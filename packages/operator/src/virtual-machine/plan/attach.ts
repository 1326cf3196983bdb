/** Disks that are new to a running VM's pod: each is served by a pod of its own until the VM starts the next time. */
import { attachmentName, machineDigest, parseBytes } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { earliest } from '../../earliest.ts';
import { attachmentPod } from '../attachments/attachment-pod.ts';
import {
  attachedSize,
  attachmentEnd,
  attachmentsOf,
  isMounted,
  isServedBy,
  servedDisk,
} from '../attachments/attachments.ts';
import { isServing } from '../../worker/serving.ts';
import { claimState } from '../disks/claims.ts';
import { newClaim } from '../disks/new-claim.ts';
import { diskImageProblem } from '../disks/disk-image.ts';
import { knownDisks } from '../disks/disks.ts';
import { grantedDisks } from '../disks/growth.ts';
import type { Observed } from '../observed.ts';
import { isFinished } from '../pod/end-of-pod.ts';
import { machineDisk } from '../pod/machine-spec.ts';
import type { Outcome } from '../status/outcome.ts';
import type { Action } from './actions.ts';
import type { Power } from './power.ts';
import { waitingReason } from './waiting.ts';
import { wantedMachine } from './wanted-machine.ts';
import type { ResolvedDisk } from '../disks/resolved-disk.ts';

/** Milliseconds until a server that failed is tried again; and where only somebody else can help. */
const RETRY = 5_000;
const LONG_RETRY = 30_000;

export interface Attaching {
  readonly actions: readonly Action[];
  readonly problem?: Outcome['diskProblem'];
  readonly requeueAfter?: number | undefined;
}

export function planAttachments(observed: Observed, pod: Pod, power: Power, now: Date): Attaching {
  const steps = missingDisks(observed, pod).map((disk) => attach(observed, pod, disk, now));
  const problem = steps.find((step) => step.problem)?.problem;
  return {
    actions: [...steps.flatMap(({ actions }) => actions), ...detach(observed, pod, power)],
    ...(problem && { problem }),
    requeueAfter: earliest(...steps.map(({ requeueAfter }) => requeueAfter)),
  };
}

/** Those that the launcher can plug once they are served. One that is served already is so while the launcher is away. */
function missingDisks(observed: Observed, pod: Pod): ResolvedDisk[] {
  const { machine, attachments } = observed;
  const served = attachmentsOf(attachments, pod).map(servedDisk);
  const attachable = (machine.type === 'state' && machine.state.attachable) || [];
  return grantedDisks(observed, knownDisks(observed)).filter(
    (disk) =>
      !isMounted(pod, disk) &&
      (attachable.includes(disk.name) || served.includes(attachmentName(machineDisk(observed.vm, disk)))),
  );
}

function attach(observed: Observed, pod: Pod, disk: ResolvedDisk, now: Date): Attaching {
  const name = attachmentName(machineDisk(observed.vm, disk));
  const found = attachmentsOf(observed.attachments, pod).find((each) => servedDisk(each) === name);
  if (!found) return create(observed, pod, disk, now);
  const named = (reason: string, message: string) => ({ reason, message: `disk ${disk.name}: ${message}` });
  if (found.metadata.deletionTimestamp) {
    return { actions: [], problem: named('Attaching', `pod ${found.metadata.name} ends`) };
  }
  const end = attachmentEnd(found);
  if (end.type === 'failed') {
    const due = Date.parse(end.time) + (end.permanent ? LONG_RETRY : RETRY) - now.getTime();
    const wasServing = end.reason === 'ServerEnded' || end.reason === 'Error';
    const problem = named(end.reason, end.message);
    if (due > 0 && !wasServing) return { actions: [], problem, requeueAfter: due };
    return { actions: [{ type: 'deletePod', pod: found }], problem };
  }
  if (attachedSize(found) < parseBytes(disk.size) && !hasSize(observed, disk))
    return { actions: [{ type: 'deletePod', pod: found }] };
  if (isServing(found)) return { actions: [] };
  const { reason, message, progress } = waitingReason(observed, found);
  return { actions: [], problem: named(progress === 'stalled' ? reason : 'Attaching', message) };
}

/** Whatever its pod was asked for: one that came back was larger than spec said. */
function hasSize({ vm }: Observed, { name, size }: ResolvedDisk): boolean {
  const seen = vm.status?.disks?.find((disk) => disk.name === name)?.size ?? '0';
  return parseBytes(seen) >= parseBytes(size);
}

function create(observed: Observed, pod: Pod, disk: ResolvedDisk, now: Date): Attaching {
  const { vm, spec, claims, config } = observed;
  const claim = claimState(vm, disk, claims.get(disk.claimName));
  if (claim.type === 'blocked') return { actions: [], problem: claim };
  const problem = imageProblem(observed, disk.name);
  if (problem) return { actions: [], problem };
  const isBound = claims.get(disk.claimName)?.status?.phase === 'Bound';
  const made = attachmentPod({
    ...{ vmName: vm.metadata.name, pod, spec, disk, isBound, config, now },
    machineDisk: machineDisk(vm, disk),
  });
  return {
    actions: [
      ...(claim.type === 'missing'
        ? [{ type: 'createClaim', claim: newClaim(observed, disk) } as const]
        : []),
      { type: 'createWorker', pod: made },
    ],
    problem: { reason: 'Attaching', message: `disk ${disk.name}: its pod is being made` },
  };
}

function imageProblem(observed: Observed, disk: string): Outcome['diskProblem'] {
  const image = observed.diskImages.get(disk);
  const found = image && diskImageProblem({ ...observed, diskImages: new Map([[disk, image]]) });
  return found && { reason: found.reason, message: found.message };
}

/** The launcher has closed a disk that spec no longer has; before it says so, the guest may still write to it. */
function detach(observed: Observed, pod: Pod, power: Power): Action[] {
  const { machine } = observed;
  const wanted = wantedMachine(observed, pod, power);
  if (!wanted || machine.type !== 'state' || machine.state.specDigest !== machineDigest(wanted)) return [];
  const { disks, phase } = machine.state;
  if (phase !== 'Running' && phase !== 'Paused') return [];
  const isNeeded = (each: Pod): boolean =>
    wanted.disks.some((disk) => attachmentName(disk) === servedDisk(each)) ||
    disks.some((disk) => isServedBy(each, disk));
  return attachmentsOf(observed.attachments, pod)
    .filter((each) => !each.metadata.deletionTimestamp && !isNeeded(each))
    .map((each) => ({ type: 'deletePod', pod: each }));
}

/** Nobody writes through them any more: their VM's pod is gone, or its QEMU has ended. */
export function endAttachments({ attachments, pods, formerPods }: Observed): Action[] {
  const writers = [...pods, ...formerPods].filter((pod) => !isFinished(pod));
  return attachments
    .filter((each) => !each.metadata.deletionTimestamp)
    .filter((each) => !writers.some((pod) => attachmentsOf([each], pod).length > 0))
    .map((pod) => ({ type: 'deletePod', pod }));
}

/** Two processes never have one disk: the next epoch waits for what served the disks of the last one. */
export function attachmentProblem({
  attachments: [pod],
}: Observed): Pick<Outcome, 'phase' | 'reason' | 'message' | 'progress'> | undefined {
  if (!pod) return undefined;
  const message = `Pod ${pod.metadata.name}, which served disk ${servedDisk(pod)}, is ending`;
  return { phase: 'Pending', reason: 'AttachmentEnding', message, progress: 'progressing' };
}
