import {
  Annotations,
  API_VERSION,
  type SnapshotSpec,
  type VMOperation,
  type VMSnapshot,
} from '@hypersdk/api';

export function isSnapshotMadeBy({ metadata }: VMSnapshot, operation: VMOperation): boolean {
  return metadata.annotations?.[Annotations.madeBy] === operation.metadata.uid;
}

/** It is its own: it stays when the operation is deleted. */
export function snapshotOfVm(
  { metadata: { namespace = '', uid = '' }, spec: { vmRef } }: VMOperation,
  name: string,
  { description, includeMemory = false, quiesce = true }: Partial<SnapshotSpec>,
): VMSnapshot {
  return {
    apiVersion: API_VERSION,
    kind: 'VMSnapshot',
    metadata: { name, namespace, annotations: { [Annotations.madeBy]: uid } },
    spec: {
      ...{ vmRef, includeMemory, quiesce, method: 'disk' },
      ...(description !== undefined && { description }),
    },
  };
}
