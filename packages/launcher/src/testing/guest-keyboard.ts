import { connect } from 'node:net';
import type { TestPod } from './pod.ts';

/** Types a line on the guest's serial console; resolves when QEMU has taken it. */
export async function typeCommand(pod: TestPod, line: string): Promise<void> {
  const socket = connect(pod.path('runtime/serial0.sock'));
  socket.resume().end(`${line}\n`);
  await new Promise((resolve, reject) => socket.on('close', resolve).on('error', reject));
}
