import { join } from 'node:path';

/** What launcher and QEMU share in the pod's runtime directory. */
export interface RuntimeFiles {
  readonly directory: string;
  /** QEMU's argument vector, NUL separated. Written once a pod; empty means "do not start". */
  readonly argv: string;
  /** The TPM emulator's, NUL separated; the wrapper starts it before QEMU. Only there for a machine with a TPM. */
  readonly tpmArgv: string;
  /** The last spec that the operator PUT. */
  readonly spec: string;
  /** What a restarted launcher cannot ask QEMU for. */
  readonly record: string;
  /** Held open by the wrapper and then by QEMU. */
  readonly fifo: string;
  /** Read by `memory-report` until QEMU is gone: a line asks what QEMU takes. */
  readonly memoryFifo: string;
  /** The answer. */
  readonly memory: string;
  /** Read by the network container when the FIFO says so: the masqueraded networks of the running guest. */
  readonly networks: string;
  readonly networksFifo: string;
  /** Made by the preStop hook: power the guest down. */
  readonly powerdown: string;
  readonly seed: string;
  readonly qmp: string;
  readonly serial: string;
  /** QEMU's end of the guest agent's channel. */
  readonly agent: string;
  readonly vnc: string;
  readonly tpm: string;
}

export function runtimeFiles(directory: string): RuntimeFiles {
  const file = (name: string): string => join(directory, name);
  return {
    directory,
    argv: file('argv'),
    tpmArgv: file('tpm-argv'),
    spec: file('machine.json'),
    record: file('record.json'),
    fifo: file('qemu.fifo'),
    memoryFifo: file('memory.fifo'),
    memory: file('memory'),
    networks: file('networks'),
    networksFifo: file('networks.fifo'),
    powerdown: file('powerdown'),
    seed: file('seed.img'),
    qmp: file('qmp.sock'),
    serial: file('serial0.sock'),
    agent: file('agent.sock'),
    vnc: file('vnc.sock'),
    tpm: file('tpm.sock'),
  };
}
