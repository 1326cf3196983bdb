/**
 * QEMU's own memory, beside its guest's. Sizes are PSS of QEMU 10.0 (q35, VGA, virtio disks and network) after its guest
 * had booted, less the guest's memory, measured by mapping: 30 MiB of the program and its libraries, which QEMUs on one
 * node share, 24 of its own with one processor and one disk, 27 with four processors, 29 with four disks; and with TCG
 * 52 to 62 MiB of translated code after half a minute, which grows to what `tb-size` allows (ADR 56).
 */
import { parseBytes, type EffectiveSpec } from '@hypersdk/api';

const MIB = 1024 * 1024;
const PROGRAM = 56 * MIB;
const PROCESSOR = 1 * MIB;
const DISK = 2 * MIB;
const TRANSLATED_CODE = 128 * MIB;
/** The kernel's page tables of the guest's memory: eight bytes for 4 KiB. */
const PAGE_TABLES = 1 / 512;

/** What a busy disk may take on top: QEMU's cache of a qcow2 file's tables is of 32 MiB at most. */
const DISK_PEAK = 32 * MIB;
/** Requests under way, buffers of consoles and user networking, stacks of threads. */
const PEAK = 320 * MIB;

export interface QemuMemory {
  /** Bytes that QEMU needs beside its guest's. */
  readonly request: number;
  /** Bytes that it never exceeds, however busy: the pod is killed at its limit, and the guest with it. */
  readonly limit: number;
}

/** `auto` may end at TCG, so only what asks for KVM does without TCG's share. */
export function qemuMemory(
  spec: Pick<EffectiveSpec, 'memory' | 'cpus'>,
  { disks, acceleration }: { disks: number; acceleration: 'auto' | 'kvm' | 'tcg' },
): QemuMemory {
  const tables = Math.ceil(parseBytes(spec.memory) * PAGE_TABLES);
  const code = acceleration === 'kvm' ? 0 : TRANSLATED_CODE;
  const request = PROGRAM + code + spec.cpus * PROCESSOR + disks * DISK + tables;
  // Under KVM there are page tables of the hypervisor's besides.
  return { request, limit: request + PEAK + disks * DISK_PEAK + 3 * tables };
}
