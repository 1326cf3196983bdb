import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualMachineSpec } from '../virtual-machine.ts';
import { VMTemplateSpec } from '../vm-template.ts';
import { effectiveSpec, inheritedFields } from './effective-spec.ts';

const vm = (spec: object = {}) => VirtualMachineSpec.parse(spec);
const template = (spec: object) =>
  VMTemplateSpec.parse({ image: { source: { http: { url: 'http://example.org/a' } } }, ...spec });

describe('effectiveSpec', () => {
  it('leaves nothing open that has a default', () => {
    assert.deepEqual(effectiveSpec(vm()), {
      cpus: 1,
      memory: '1Gi',
      machineType: 'q35',
      terminationGracePeriodSeconds: 30,
      disks: [],
      networks: [{ name: 'default', type: 'pod-network' }],
      deletionProtection: false,
      runStrategy: 'Always',
    });
  });

  it("lets the VM's fields win over the template's, and those over the defaults", () => {
    const { cpus, memory, machineType } = effectiveSpec(
      vm({ cpus: 4 }),
      template({ defaultSpec: { cpus: 2, memory: '4Gi' } }),
    );
    assert.deepEqual({ cpus, memory, machineType }, { cpus: 4, memory: '4Gi', machineType: 'q35' });
  });

  it('takes other words for the same, on either side', () => {
    const resources = { cpu: 2, memoryMiB: 4096, limits: { memory: '8Gi' } };
    const disks = [{ name: 'data', sizeGiB: 100, expandPolicy: 'Online' }];
    const own = effectiveSpec(
      vm({ resources, disks }),
      template({ defaultSpec: { cpus: 8, memory: '1Gi' } }),
    );
    assert.deepEqual(
      [own.cpus, own.memory, own.resources, own.disks[0]?.size],
      [2, '4096Mi', { limits: resources.limits }, '100Gi'],
    );
    const theirs = template({ defaultSpec: { resources } });
    const merged = effectiveSpec(vm({ resources: { cpu: 4 } }), theirs);
    assert.deepEqual([merged.cpus, merged.memory, merged.resources], [4, '4096Mi', own.resources]);
    const inherited = inheritedFields(vm({ resources: { cpu: 4 } }), theirs).map(({ field }) => field);
    assert.deepEqual(inherited.sort(), ['memory', 'resources']);
  });

  it('takes lists whole', () => {
    const disks = (...names: string[]) => names.map((name) => ({ name, size: '1Gi' }));
    const merged = effectiveSpec(
      vm({ disks: disks('root') }),
      template({ defaultSpec: { disks: disks('system', 'data') } }),
    );
    assert.deepEqual(
      merged.disks.map(({ name }) => name),
      ['root'],
    );
  });

  it('does not take a field that is undefined for one that is set', () => {
    const merged = effectiveSpec({ ...vm(), cpus: undefined }, template({ defaultSpec: { cpus: 2 } }));
    assert.equal(merged.cpus, 2);
  });

  it('says power in one field', () => {
    const merged = effectiveSpec(vm({ running: false }));
    assert.equal(merged.runStrategy, 'Halted');
    assert.equal('running' in merged, false);
  });

  it('leaves no choice of KVM where the template requires it, save to one that refuses it', () => {
    const requires = template({ requiredFeatures: ['kvm'] });
    const accelerations = [{}, { acceleration: 'auto' }, { acceleration: 'tcg' }].map(
      (spec) => effectiveSpec(vm(spec), requires).acceleration,
    );
    assert.deepEqual(accelerations, ['kvm', 'kvm', 'tcg']);
  });

  describe('for cloud-init', () => {
    const seeds = template({ cloudInit: { defaultUserData: 'template', defaultNetworkData: 'net' } });

    it("fills in the template's defaults where the VM brings none", () => {
      assert.deepEqual(effectiveSpec(vm({ cloudInit: { userData: 'own' } }), seeds).cloudInit, {
        userData: 'own',
        networkData: 'net',
      });
      assert.deepEqual(effectiveSpec(vm(), seeds).cloudInit, { userData: 'template', networkData: 'net' });
    });

    it('adds nothing to a Secret', () => {
      const cloudInit = { secretRef: { name: 'seed' } };
      assert.deepEqual(effectiveSpec(vm({ cloudInit }), seeds).cloudInit, cloudInit);
    });

    it('is absent when nobody asks for it', () => {
      assert.equal('cloudInit' in effectiveSpec(vm(), template({})), false);
    });
  });
});

describe('inheritedFields', () => {
  const rich = template({
    defaultSpec: {
      cpus: 2,
      memory: '4Gi',
      nodeSelector: { zone: 'a' },
      cloudInit: { sshKeys: ['ssh-ed25519 AAAA'] },
    },
    cloudInit: { defaultUserData: '#cloud-config' },
  });

  it('are those that the VM does not set itself', () => {
    assert.deepEqual(inheritedFields(vm({ cpus: 4, cloudInit: { userData: 'own' } }), rich), [
      { field: 'memory', value: '4Gi' },
      { field: 'nodeSelector', value: '{"zone":"a"}' },
    ]);
  });

  it('tell of a seed by name alone', () => {
    const fields = inheritedFields(vm({ cpus: 4, memory: '1Gi', nodeSelector: {} }), rich);
    assert.deepEqual(fields, [{ field: 'cloudInit.userData' }, { field: 'cloudInit.sshKeys' }]);
  });

  it('are none of a template that gives nothing', () => {
    assert.deepEqual(inheritedFields(vm({ cpus: 1 }), template({})), []);
  });
});
