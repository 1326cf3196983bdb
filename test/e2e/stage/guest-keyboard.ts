import type { Scene } from './scene.ts';

/** Sends a line to the serial port; the launcher's image has Node.js, and nothing smaller that knows Unix sockets. */
const TYPE = `require('node:net').connect('/run/hypersdk/serial0.sock').resume().end(process.argv[1] + '\\n')`;

/** Types a command of the tiny guest on its serial console, as somebody at `hyperctl vm console` would. */
export async function typeCommand({ k }: Scene, pod: string, command: string): Promise<void> {
  await k('exec', pod, '--container', 'launcher', '--', 'node', '--eval', TYPE, command);
}
