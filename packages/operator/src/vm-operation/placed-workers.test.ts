/** Guarantee: whoever works on a VM's disks while its guest is off can go where the VM can, and where those may be alone. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { layerId } from '@hypersdk/api';
import { anObservation, config, NOW } from '../testing/machines.ts';
import { anOperation } from '../testing/operations.ts';
import { aSnapshot } from '../testing/snapshots.ts';
import { resolveDisks } from '../virtual-machine/disks/disks.ts';
import { keeperPod } from '../vm-snapshot/keeper-pod.ts';
import { copierPod } from './clone/copier-pod.ts';
import { serverPod } from './clone/server-pod.ts';
import { flattenerPod } from './flatten/flattener-pod.ts';

const disks = resolveDisks(anObservation());
const affinity = { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } };
const place = {
  tolerations: [{ key: 'vms', operator: 'Exists' as const }],
  nodeSelector: { pool: 'vms' },
  priorityClassName: 'high',
  affinity,
};
const copy = { id: layerId('a'), isFrozen: false, disks: [] };
const source = (nodeName?: string) => ({
  ...{ operation: anOperation('clone'), targetName: 'copy', disks: [], below: [], copy },
  ...{ nodeName, place, config, now: NOW },
});
const onNode = {
  requiredDuringSchedulingIgnoredDuringExecution: {
    nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] }],
  },
};

const rows = [
  {
    who: 'a keeper of layers',
    pod: keeperPod({
      ...{ owner: aSnapshot(), disks, claims: new Map(), linkedClones: [], place, config },
      work: { type: 'drop', ids: ['a'] },
    }),
  },
  { who: 'a flattener', pod: flattenerPod(anOperation('flatten'), [], { config, place }) },
  { who: 'a copier', pod: copierPod(source()) },
  { who: 'a disk server', pod: serverPod(source()) },
  { who: 'a copier beside a guest', pod: copierPod(source('a')), at: { nodeAffinity: onNode } },
  { who: 'a disk server beside a guest', pod: serverPod(source('a')), at: { nodeAffinity: onNode } },
];

describe("a worker on a VM's disks goes where the VM can:", () => {
  for (const { who, pod, at = affinity } of rows) {
    it(who, () => {
      const { tolerations, nodeSelector, priorityClassName, affinity } = pod.spec ?? {};
      assert.deepEqual(
        { tolerations, nodeSelector, priorityClassName, affinity },
        { ...place, affinity: at },
      );
    });
  }
});
