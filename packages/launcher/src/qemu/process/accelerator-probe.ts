import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Accelerator } from '../devices/accelerator.ts';
import { QEMU } from '../arguments.ts';
import { code, resetVector } from '../../generated/accelerator-probe-firmware.ts';
import { runTool, ToolError } from './tool.ts';

/** What isa-debug-exit makes of the probe's 0x2a. */
const PROBE_PASSED = 85;
/** Milliseconds; 36 to 96 under TCG, a guest that hangs takes for ever. */
const TIMEOUT = 2_000;
const GRACE = 1_000;
const hung = `The probe guest hung with it for ${TIMEOUT / 1000} s.`;
const ROM_SIZE = 0x10000;
const RESET_VECTOR = 0xfff0;

/** The firmware image: code at its start, the processor's first instruction 16 bytes before its end. */
export function probeFirmware(): Buffer {
  const rom = Buffer.alloc(ROM_SIZE);
  Buffer.from(code, 'base64').copy(rom);
  Buffer.from(resetVector, 'base64').copy(rom, RESET_VECTOR);
  return rom;
}

/**
 * Runs the tiniest guest with an accelerator. Resolves with why it is unusable, or undefined when the guest
 * ran; never hangs.
 */
export async function probeAccelerator(
  accelerator: Accelerator,
  scratch: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const firmware = join(scratch, 'accelerator-probe.bin');
  const timeout = AbortSignal.timeout(TIMEOUT);
  await writeFile(firmware, probeFirmware());
  try {
    const run = runTool(QEMU, probeArguments(accelerator, firmware), {
      signal: AbortSignal.any([signal, timeout]),
    });
    // A process that is stuck in the kernel does not even end by SIGKILL.
    const stuck = delay(TIMEOUT + GRACE, 'stuck' as const, { ref: false });
    if ((await Promise.race([run, stuck])) === 'stuck') return hung;
    return 'The probe guest crashed with it.';
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted) return hung;
    if (!(error instanceof ToolError)) throw error;
    return error.code === PROBE_PASSED ? undefined : `The probe guest did not start: ${error.stderr.trim()}`;
  } finally {
    await rm(firmware, { force: true });
  }
}

function probeArguments(accelerator: Accelerator, firmware: string): string[] {
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', 'q35', '-accel', accelerator, '-m', '16', '-bios', firmware],
    ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
  ];
}
