import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { effectiveSpec } from '@hypersdk/api';
import type { Node } from '@hypersdk/kube';
import { aVirtualMachine } from '../../testing/machines.ts';
import { isSelected, offersKvm } from './kvm.ts';

const ready = [{ type: 'Ready', status: 'True' }];
const some = { 'devices.hypersdk.io/kvm': '1k' };

describe('a node', () => {
  const nodes: readonly { which: string; node: Partial<Node>; offers: boolean }[] = [
    { which: 'is ready and has devices', node: { status: { conditions: ready, allocatable: { 'devices.hypersdk.io/kvm': '998' } } }, offers: true }, // prettier-ignore
    {
      which: 'writes a thousand as 1k',
      node: { status: { conditions: ready, allocatable: some } },
      offers: true,
    },
    { which: 'has none that work', node: { status: { conditions: ready, allocatable: { 'devices.hypersdk.io/kvm': '0' } } }, offers: false }, // prettier-ignore
    { which: 'knows no such resource', node: { status: { conditions: ready } }, offers: false },
    { which: 'is not ready', node: { status: { conditions: [{ type: 'Ready', status: 'Unknown' }], allocatable: some } }, offers: false }, // prettier-ignore
    { which: 'is cordoned', node: { spec: { unschedulable: true }, status: { conditions: ready, allocatable: some } }, offers: false }, // prettier-ignore
  ];
  for (const { which, node, offers } of nodes) {
    it(`that ${which} ${offers ? 'offers' : 'does not offer'} KVM`, () => {
      assert.equal(offersKvm({ metadata: { name: 'a' }, ...node }), offers);
    });
  }

  const fast = { disk: 'fast', zone: 'a' };
  const selectors: readonly { selector?: Record<string, string>; selected: boolean }[] = [
    { selected: true },
    { selector: { disk: 'fast' }, selected: true },
    { selector: { disk: 'fast', zone: 'b' }, selected: false },
  ];
  for (const { selector, selected } of selectors) {
    it(`is ${selected ? '' : 'not '}selected by ${JSON.stringify(selector)}`, () => {
      const spec = effectiveSpec(aVirtualMachine({ spec: { nodeSelector: selector } }).spec);
      assert.equal(isSelected({ metadata: { name: 'a', labels: fast } }, spec), selected);
    });
  }
});
