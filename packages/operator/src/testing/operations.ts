import type { VMOperation } from '@hypersdk/api';
import { NOW } from './machines.ts';

export function anOperation(
  operation: VMOperation['spec']['operation'],
  changes: {
    name?: string;
    status?: VMOperation['status'];
    spec?: Partial<VMOperation['spec']>;
    created?: string;
  } = {},
): VMOperation {
  return {
    apiVersion: 'hypersdk.io/v1alpha1',
    kind: 'VMOperation',
    metadata: {
      name: changes.name ?? operation,
      namespace: 'default',
      uid: `op-${operation}`,
      generation: 1,
      creationTimestamp: changes.created ?? NOW.toISOString(),
    },
    spec: {
      vmRef: { name: 'web' },
      operation,
      force: false,
      timeout: '10m',
      dryRun: false,
      preSnapshot: false,
      rollbackOnFailure: false,
      cancel: false,
      ...changes.spec,
    },
    ...(changes.status && { status: changes.status }),
  };
}
