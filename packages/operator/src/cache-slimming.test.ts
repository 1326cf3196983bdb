import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { slimClaim, slimNode } from './cache-slimming.ts';

describe('the caches keep', () => {
  it('of a claim what says whether nodes share it, whose it is and how large', () => {
    const spec = {
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'shared',
      volumeMode: 'Filesystem',
    };
    const labels = { 'hypersdk.io/vm': 'web' };
    const claim = {
      metadata: { name: 'web-root', labels: { ...labels, other: 'x' } },
      spec: { ...spec, volumeName: 'pv-1' },
      status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteMany'] },
    };
    assert.deepEqual(slimClaim(claim), {
      metadata: { name: 'web-root', labels },
      spec,
      status: { phase: 'Bound', capacity: { storage: '1Gi' } },
    });
  });

  it('of a node whether it takes pods, and why not', () => {
    const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
    const node = {
      metadata: { name: 'node-1', annotations: { big: 'x' } },
      spec: { unschedulable: true, podCIDR: '10.0.0.0/24', taints: [{ ...taint, timeAdded: 'now' }] },
      status: { conditions: [{ type: 'Ready', status: 'True', message: 'fine' }] },
    };
    assert.deepEqual(slimNode(node), {
      metadata: { name: 'node-1' },
      spec: { unschedulable: true, taints: [taint] },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
  });
});
