export type Accelerator = 'kvm' | 'tcg';

/**
 * MiB of translated code that TCG may keep. QEMU's default of 1 GiB would grow, over days, past the memory
 * that the pod asks for; the operator counts this much for a TCG guest's overhead.
 */
export const TCG_BUFFER_MIB = 128;

export function accelerator(type: Accelerator): string[] {
  switch (type) {
    case 'kvm':
      return ['-accel', 'kvm', '-cpu', 'host'];
    case 'tcg':
      // One thread for all vCPUs: with one each, a TLB entry can change under a vCPU that waits for the lock (ADR 0057).
      return ['-accel', `tcg,thread=single,tb-size=${TCG_BUFFER_MIB}`, '-cpu', 'max'];
  }
}
