/** The operation that a VMClone is short for. Pure. */
import {
  API_VERSION,
  type CloneSpec,
  type EffectiveSpec,
  type VMClone,
  type VMOperation,
} from '@hypersdk/api';
import { ownerReference } from '@hypersdk/kube';

/** Why no operation can do what the clone asks for, or undefined. */
export function cloneProblem({ spec }: VMClone, source: EffectiveSpec | undefined): string | undefined {
  const { networks = [] } = spec.customization ?? {};
  if (spec.target.classRef) return 'spec.target.classRef is not implemented in this version';
  const unheard = networks.find(({ gateway, dns }) => gateway !== undefined || dns !== undefined);
  if (unheard) {
    const field = `spec.customization.networks[${unheard.name}]`;
    return `${field}: gateway and dns are not implemented in this version; write them into network data of cloud-init`;
  }
  const names = source?.networks.map(({ name }) => name);
  const unknown = names && networks.find(({ name }) => !names.includes(name));
  if (!unknown) return undefined;
  return `spec.customization.networks: the source has no network ${unknown.name}, it has ${names.join(', ')}`;
}

export function cloneOperation(clone: VMClone, source: EffectiveSpec | undefined): VMOperation {
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
      cloneSpec: cloneSpec(spec, source),
    },
  };
}

function cloneSpec(
  { target, linked, powerOn, customization }: VMClone['spec'],
  source: EffectiveSpec | undefined,
): CloneSpec {
  const { hostname, userData } = customization ?? {};
  const networks = targetNetworks(customization?.networks, source);
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
      ...(networks && { networks }),
      ...(userData && { userData: userData.cloudInit.inline }),
    },
  };
}

type Networks = NonNullable<NonNullable<CloneSpec['customization']>['networks']>;
type Wishes = NonNullable<VMClone['spec']['customization']>['networks'];

/** The source's, without what must not be on a network twice. */
function targetNetworks(wishes: Wishes, source: EffectiveSpec | undefined): Networks | undefined {
  if (!wishes || !source) return undefined;
  return source.networks.map(({ macAddress: _mac, staticIP: _ip, ...network }) => {
    const staticIP = wishes.find(({ name }) => name === network.name)?.ipAddress;
    return staticIP === undefined ? network : { ...network, staticIP };
  });
}
