import { createHash } from 'node:crypto';
import { API_VERSION, type VMOperationManifest } from '@hypersdk/api';
import { ownerReference } from '@hypersdk/kube';
import type { Observed } from '../observed.ts';
import type { Action } from './actions.ts';

const PHASES: readonly (string | undefined)[] = ['Running', 'Paused', 'Stopped'];

/**
 * Where that is the policy, disks whose source has been deleted are flattened, by an operation as anybody makes it. One for
 * each source that goes: where it fails, it stays and says why, and a user's own is not in its way.
 */
export function flattenOrphans({ vm, config, orphanedBases, operations }: Observed): Action[] {
  if (!config.flattensOrphans || orphanedBases.length === 0 || operations.length > 0) return [];
  if (!PHASES.includes(vm.status?.phase)) return [];
  const { name, namespace = '', uid = '' } = vm.metadata;
  const digest = createHash('sha256').update(orphanedBases.join()).digest('hex').slice(0, 8);
  const operation: VMOperationManifest = {
    apiVersion: API_VERSION,
    kind: 'VMOperation',
    metadata: {
      ...{ name: `flatten-${uid.slice(0, 8)}-${digest}`, namespace },
      ownerReferences: [ownerReference(vm)],
    },
    spec: { vmRef: { name }, operation: 'flatten', timeout: '24h' },
  };
  return [{ type: 'createOperation', operation }];
}
