/** The operation that a VMClone is short for. Pure. */
import {
  API_VERSION,
  type CloneSpec,
  type EffectiveSpec,
  type VMClone,
  type VMOperation,
} from '@hypersdk/api';
import { ownerReference } from '@hypersdk/kube';
import { GIVEN_BY_POD } from '../virtual-machine/networks/given-by-pod.ts';

/** Why no operation can do what the clone asks for, or undefined. */
export function cloneProblem({ spec }: VMClone, source: EffectiveSpec | undefined): string | undefined {
  const { networks = [] } = spec.customization ?? {};
  if (spec.target.classRef) return 'spec.target.classRef is not implemented in this version';
  const refused = networks.map(chosenOnPodNetwork).find((problem) => problem !== undefined);
  if (refused !== undefined) return refused;
  const names = source?.networks.map(({ name }) => name);
  const unknown = names && networks.find(({ name }) => !names.includes(name));
  if (!unknown) return undefined;
  return `spec.customization.networks: the source has no network ${unknown.name}, it has ${names.join(', ')}`;
}

type Wish = NonNullable<NonNullable<VMClone['spec']['customization']>['networks']>[number];

function chosenOnPodNetwork(wish: Wish): string | undefined {
  const fields = (['ipAddress', 'gateway', 'dns'] as const).filter((field) => wish[field] !== undefined);
  if (fields.length === 0) return undefined;
  const servers = fields.includes('dns') ? '; set name servers in the guest by customization.userData' : '';
  return `spec.customization.networks[${wish.name}]: ${fields.join(', ')} cannot be chosen: ${GIVEN_BY_POD}${servers}`;
}

export function cloneOperation(clone: VMClone): VMOperation {
  const { spec, metadata } = clone;
  return {
    apiVersion: API_VERSION,
    kind: 'VMOperation',
    metadata: {
      name: metadata.name,
      namespace: metadata.namespace ?? '',
      ownerReferences: [ownerReference(clone, { controller: true })],
    },
    spec: {
      vmRef: spec.sourceRef,
      operation: 'clone',
      timeout: spec.timeout,
      ...{ force: false, dryRun: false, preSnapshot: false, rollbackOnFailure: false, cancel: false },
      cloneSpec: cloneSpec(spec),
    },
  };
}

function cloneSpec({ target, linked, powerOn, customization }: VMClone['spec']): CloneSpec {
  const { hostname, userData } = customization ?? {};
  return {
    targetName: target.name,
    ...(target.namespace !== undefined && { targetNamespace: target.namespace }),
    linkedClone: linked,
    ...(linked ? {} : { mode: 'full' as const }),
    startAfterClone: powerOn,
    includeMemory: false,
    identity: 'new',
    customization: {
      ...(hostname !== undefined && { hostname }),
      ...(userData && { userData: userData.cloudInit.inline }),
    },
  };
}
