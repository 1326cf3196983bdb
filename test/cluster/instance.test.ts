import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { instanceAt, SLOTS } from './instance.ts';

describe('an instance', () => {
  const all = Array.from({ length: SLOTS }, (_, slot) => instanceAt(`i${slot}`, slot));
  const shares: Record<string, (instance: ReturnType<typeof instanceAt>) => readonly string[]> = {
    ports: ({ apiServer }) => [String(apiServer.port)],
    subnets: ({ bridge, podSubnet, serviceSubnet }) => [bridge.subnet, podSubnet, serviceSubnet],
    addresses: ({ bridge, nodes }) => [
      bridge.address,
      ...nodes.flatMap(({ address, podSubnet }) => [address, podSubnet]),
    ],
    links: ({ bridge, nodes }) => [bridge.name, ...nodes.map(({ veth }) => veth)],
    directories: ({ directory, nodes }) => [directory, ...nodes.map((node) => node.directory)],
    namespaces: ({ nodes }) => nodes.map(({ netns }) => netns),
    cgroups: ({ cgroup }) => [cgroup],
    kubeconfigs: ({ kubeconfig, checkoutKubeconfig }) => [kubeconfig, checkoutKubeconfig],
  };
  for (const [what, of] of Object.entries(shares)) {
    it(`shares no ${what} with another one`, () => {
      const values = all.flatMap(of);
      assert.equal(new Set(values).size, values.length);
    });
  }

  it('has link names that the kernel takes: 15 characters at most', () => {
    for (const { bridge, nodes } of all) {
      for (const name of [bridge.name, ...nodes.map(({ veth }) => veth)]) assert.ok(name.length <= 15, name);
    }
  });

  it('has valid addresses in every slot', () => {
    for (const { podSubnet, serviceSubnet } of all) {
      for (const part of `${podSubnet}.${serviceSubnet}`.split(/[./]/)) assert.ok(Number(part) <= 255, part);
    }
  });

  it('keeps its kubeconfig at .cluster/kubeconfig when it is dev', () => {
    assert.match(instanceAt('dev', 0).checkoutKubeconfig, /\/\.cluster\/kubeconfig$/);
    assert.match(instanceAt('other', 3).checkoutKubeconfig, /\/\.cluster\/other\/kubeconfig$/);
  });

  for (const name of ['', 'Dev', '1st', 'a b', '../etc', 'ends-', 'slots', 'a-name-that-is-far-too-long']) {
    it(`cannot be called "${name}"`, () => {
      assert.throws(() => instanceAt(name, 3), RangeError);
    });
  }
});
