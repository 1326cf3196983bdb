import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { qemuMemory } from './qemu-memory.ts';

const MIB = 1024 * 1024;
const inMib = (bytes: number): number => bytes / MIB;

describe("QEMU's memory beside its guest's", () => {
  const spec = { memory: '1Gi', cpus: 2 };

  it('counts the program, translated code, processors, disks and page tables', () => {
    const { request } = qemuMemory(spec, { disks: 1, acceleration: 'auto' });
    assert.equal(inMib(request), 56 + 128 + 2 + 2 + 2);
  });

  it('has no translated code where only KVM will do', () => {
    const { request } = qemuMemory(spec, { disks: 1, acceleration: 'kvm' });
    assert.equal(inMib(request), 56 + 2 + 2 + 2);
  });

  it('leaves each disk room for its tables, and the guest for page tables, before the limit', () => {
    const one = qemuMemory(spec, { disks: 1, acceleration: 'tcg' });
    const two = qemuMemory({ ...spec, memory: '2Gi' }, { disks: 2, acceleration: 'tcg' });
    assert.equal(inMib(two.limit - one.limit), 2 + 32 + 4 * 2);
    assert.ok(one.limit - one.request >= 320 * MIB);
  });
});
