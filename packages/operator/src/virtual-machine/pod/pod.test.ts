import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VirtualMachine } from '@hypersdk/api';
import type { Pod } from '@hypersdk/kube';
import { machineSecretName } from './machine-secret.ts';
import { aPod, aVirtualMachine } from '../../testing/machines.ts';

type Containers = NonNullable<Pod['spec']>['containers'];

function containersOf({ spec }: Pod): Containers {
  assert.equal(spec?.initContainers, undefined);
  return spec?.containers ?? [];
}

const vm = aVirtualMachine();
const pods = [
  {
    binding: 'user',
    pod: aPod(vm, 1, {}, { podSecurity: 'restricted' }),
    containers: [
      ['launcher', { drop: ['ALL'] }],
      ['qemu', { drop: ['ALL'] }],
    ],
  },
  {
    binding: 'masquerade',
    pod: aPod(vm, 1, {}, { podSecurity: 'privileged' }),
    containers: [
      ['launcher', { drop: ['ALL'] }],
      ['network', { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW', 'MKNOD'] }],
      ['qemu', { drop: ['ALL'] }],
    ],
  },
];

for (const { binding, pod, containers } of pods) {
  describe(`a pod with the ${binding} binding`, () => {
    it('has these containers, in this order, with just these capabilities', () => {
      const found = containersOf(pod).map(({ name, securityContext }) => [
        name,
        securityContext?.capabilities,
      ]);
      assert.deepEqual(found, containers);
    });

    it('has one root at most, and that is the network container', () => {
      assert.equal(pod.spec?.securityContext?.runAsNonRoot, true);
      assert.equal(pod.spec.securityContext.runAsUser, 107);
      const others = containersOf(pod).filter(({ name }) => name !== 'network');
      for (const { securityContext } of others) {
        assert.equal(securityContext?.runAsNonRoot, undefined);
        assert.equal(securityContext?.runAsUser, undefined);
      }
    });

    it('grants no container more than that', () => {
      for (const { securityContext } of containersOf(pod)) {
        assert.equal(securityContext?.allowPrivilegeEscalation, false);
        assert.equal(securityContext.readOnlyRootFilesystem, true);
        assert.equal(securityContext.privileged, undefined);
        assert.equal(securityContext.seccompProfile, undefined);
      }
      assert.deepEqual(pod.spec?.securityContext?.seccompProfile, { type: 'RuntimeDefault' });
      const { hostNetwork, hostPID, hostIPC, volumes = [] } = pod.spec;
      assert.deepEqual([hostNetwork, hostPID, hostIPC], [undefined, undefined, undefined]);
      assert.ok(volumes.every(({ hostPath }) => hostPath === undefined));
    });

    it('has nothing of which kubelet waits for one container to start before it starts the next', () => {
      for (const container of containersOf(pod)) {
        assert.equal(container.lifecycle?.postStart, undefined);
        assert.equal(container.startupProbe, undefined);
      }
    });

    it('lets the network look whether QEMU lives, and change nothing of what launcher and QEMU share', () => {
      const mounts = containersOf(pod).map(({ name, volumeMounts = [] }) => [
        name,
        volumeMounts.find((mount) => mount.name === 'runtime')?.readOnly ?? false,
      ]);
      const shared = { launcher: false, qemu: false };
      const network = binding === 'masquerade' ? { network: true } : {};
      assert.deepEqual(Object.fromEntries(mounts), { ...shared, ...network });
    });

    it('mounts the cloud-init data of the VM or of its Secret, and SSH keys beside either', () => {
      const secrets = (cloudInit: VirtualMachine['spec']['cloudInit']) => {
        const vm = aVirtualMachine({ spec: { cloudInit } });
        const volume = aPod(vm, 1).spec?.volumes?.find(({ name }) => name === 'cloud-init');
        return volume?.projected?.sources?.map(
          ({ secret }) => `${secret?.name ?? ''}/${secret?.items?.[0]?.path ?? ''}`,
        );
      };
      const own = machineSecretName(vm, 1);
      assert.deepEqual(secrets({}), [`${own}/user-data`, `${own}/network-data`, `${own}/ssh-keys`]);
      assert.deepEqual(secrets({ secretRef: { name: 'mine' } }), [
        'mine/user-data',
        'mine/network-data',
        `${own}/ssh-keys`,
      ]);
    });

    it('shows /dev/net to QEMU only where there is a tap, and to the launcher never', () => {
      const seen = containersOf(pod).filter(({ volumeMounts = [] }) =>
        volumeMounts.some(({ mountPath }) => mountPath === '/dev/net'),
      );
      assert.deepEqual(
        seen.map(({ name }) => name),
        binding === 'masquerade' ? ['network', 'qemu'] : [],
      );
    });
  });
}
