import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { effectiveSpec, VirtualMachine, type CloneSpec } from '@hypersdk/api';
import { aTemplate } from '../../testing/images.ts';
import { aClaim, anObservation, aVirtualMachine, UID } from '../../testing/machines.ts';
import { anOperation } from '../../testing/operations.ts';
import { resolveDisks } from '../../virtual-machine/disks/disks.ts';
import { clonedDisks } from './disks.ts';
import { targetVm } from './target.ts';

const source = aVirtualMachine({
  spec: {
    runStrategy: 'Always',
    deletionProtection: true,
    networks: [{ name: 'default', type: 'pod-network', macAddress: '52:54:00:00:00:01' }],
    cloudInit: { secretRef: { name: 'first-boot' }, sshKeys: ['ssh-ed25519 AAAA'] },
  },
  status: {
    uuid: '6c6f2b9a-57d1-4c53-9a51-0f7a5d9b3c22',
    hostname: 'web',
    networks: [{ name: 'default', macAddress: '52:54:00:00:00:01' }],
  },
});

function made(cloneSpec: Partial<CloneSpec> = {}, vm = source) {
  const template = vm.spec.image ? aTemplate({ spec: { defaultSpec: { cpus: 4 } } }) : undefined;
  const whole = {
    ...{ targetName: 'copy', linkedClone: true, startAfterClone: false, includeMemory: false },
    identity: 'new' as const,
    ...cloneSpec,
  };
  const claims = new Map([['web-root', aClaim()]]);
  const disks = clonedDisks(resolveDisks({ ...anObservation({ vm, template }), claims }), claims, whole);
  const spec = effectiveSpec(vm.spec, template?.spec);
  return targetVm({ operation: anOperation('clone'), cloneSpec: whole, vm, spec, disks });
}

describe('the VM that a clone is', () => {
  it('is one that the API takes, off, unprotected, with disks that are never made again', () => {
    const target = VirtualMachine.parse(made());
    assert.deepEqual([target.spec.running, target.spec.deletionProtection], [false, false]);
    assert.deepEqual(target.spec.disks?.[0]?.source, { clone: { vmRef: { name: 'web' }, disk: 'root' } });
  });

  it('has disks as large as the source has them, whatever its spec says', () => {
    const disks = [{ name: 'root', format: 'qcow2', size: '100Gi' }];
    const target = made({}, aVirtualMachine({ status: { disks } }));
    assert.equal(target.spec.disks?.[0]?.size, '100Gi');
  });

  it('has nothing of what its source is known by', () => {
    const { spec } = made();
    assert.deepEqual(spec.networks, [{ name: 'default', type: 'pod-network' }]);
    assert.deepEqual(spec.identity, { newMachineId: true });
  });

  it('has all of it where that is asked for', () => {
    const { spec } = made({ identity: 'keep' });
    assert.equal(spec.networks?.[0]?.macAddress, '52:54:00:00:00:01');
    assert.deepEqual(spec.identity, { uuid: source.status?.uuid, hostname: 'web', instanceId: UID });
  });

  it('takes hostname and user data of its own, and keeps the SSH keys', () => {
    const { spec } = made({ customization: { hostname: 'other', userData: '#cloud-config' } });
    assert.equal(spec.identity?.hostname, 'other');
    assert.deepEqual(spec.cloudInit, { sshKeys: ['ssh-ed25519 AAAA'], userData: '#cloud-config' });
  });

  it('has what its source took from a template, and no template', () => {
    const image = { templateRef: { name: 'ubuntu' } };
    const { spec } = made({}, aVirtualMachine({ spec: { cpus: undefined, image } }));
    assert.deepEqual([spec.cpus, spec.image], [4, undefined]);
  });

  it('gives no seed to a guest that had none, unless there is something to say', () => {
    const plain = aVirtualMachine();
    assert.equal(made({}, plain).spec.cloudInit, undefined);
    assert.deepEqual(made({ customization: { hostname: 'other' } }, plain).spec.cloudInit, {});
  });
});
