import { layerId, type VirtualMachine } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { isAcross } from './across.ts';
import { placement } from '../../virtual-machine/pod/scheduling.ts';
import { toldProgress } from '../../worker/worker-progress.ts';
import type { WorkAction } from '../actions.ts';
import type { Next } from '../kind.ts';
import { retry } from '../retry.ts';
import { ownersWithout } from './claims.ts';
import { copierEnd } from './copier-end.ts';
import { copierPod, copySpec, type CopierContext } from './copier-pod.ts';
import { basesOfSource } from './disks.ts';
import { isFrozen, unidentified, volumesOf, waiting, type Making } from './making.ts';
import { copyMemory } from './memory.ts';
import { pullStep } from './pull-step.ts';
import { FIRMWARE } from './storage.ts';

/** How often a copy is asked how far it is. */
const LOOK_MS = 3000;

/** The copier makes the disks; then the clone is given away. */
export function copyStep(making: Making, target: VirtualMachine): Next {
  const { copier, operation } = making.observed;
  if (copier && copierEnd(copier).type === 'succeeded') return release(making, target);
  const source = sourceOf(making, target);
  const before = isAcross(operation) ? pullStep(making, target, source) : undefined;
  if (before) return before;
  if (copier) return followCopier(making, copier);
  const pod = copierPod(source);
  return waiting('copy', 'The disks are being cloned', [{ type: 'createWorker', pod }]);
}

function sourceOf(making: Making, target: VirtualMachine): CopierContext {
  const { observed, disks, firmware, cloneSpec, vm } = making;
  const { operation, spec, claims, config, snapshot } = observed;
  const frozen = snapshot !== undefined || isFrozen(vm, operation);
  const id = layerId((snapshot ?? operation).metadata.uid ?? '');
  return {
    ...{ operation, targetName: cloneSpec.targetName, disks, firmware, config },
    below: [...new Set(disks.flatMap(({ source }) => basesOfSource(source, claims)))],
    copy: copySpec(id, disks, frozen, {
      memory: copyMemory(making, target),
      ...(firmware && { firmware: FIRMWARE }),
    }),
    nodeName: frozen ? vm.status?.nodeName : undefined,
    place: spec ? placement(spec) : {},
  };
}

function followCopier(making: Making, copier: Pod): Next {
  const { observed, now } = making;
  const end = copierEnd(copier);
  if (end.type === 'failed') {
    if (end.permanent) return { type: 'failed', message: end.message };
    return { type: 'waiting', step: 'copy', ...retry(copier, end, now) };
  }
  const { progress } = observed.progress ?? {};
  const percent = progress === undefined ? undefined : toldProgress(progress);
  const told = waiting('copy', 'The disks are being cloned', unidentified(observed), percent);
  return { ...told, requeueAfter: LOOK_MS };
}

function release(making: Making, target: VirtualMachine): Next {
  const { startAfterClone } = making.cloneSpec;
  const actions: WorkAction[] = [
    ...keptClaims(making, target),
    { type: 'release', target, isStarted: startAfterClone },
  ];
  return waiting('release', 'The disks are made', actions, 99);
}

/** Claims that stay when the clone is deleted. */
function keptClaims(making: Making, target: VirtualMachine): WorkAction[] {
  const { made } = making.observed;
  return volumesOf(making)
    .filter(({ source }) => source.keep && source.isOurs)
    .flatMap(({ claimName }): WorkAction[] => {
      const claim = made.get(claimName);
      const owners = claim && ownersWithout(claim, target);
      return owners ? [{ type: 'keepClaim', claim, owners }] : [];
    });
}
