import { Finalizers, type VMSnapshot } from '@hypersdk/api';
import { NOW } from './machines.ts';

export const SNAPSHOT = '5aa95507-0000-4000-8000-000000000001';

/** Of one that has begun, or is done. */
export const held = { finalizers: [Finalizers.vmSnapshot] };

export const aSnapshot = (
  status?: VMSnapshot['status'],
  changes: { spec?: Partial<VMSnapshot['spec']>; metadata?: Partial<VMSnapshot['metadata']> } = {},
): VMSnapshot => ({
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VMSnapshot',
  metadata: {
    ...{ name: 'before', namespace: 'default', uid: SNAPSHOT, creationTimestamp: NOW.toISOString() },
    ...changes.metadata,
  },
  spec: { vmRef: { name: 'web' }, includeMemory: false, quiesce: true, method: 'disk', ...changes.spec },
  ...(status && { status }),
});
