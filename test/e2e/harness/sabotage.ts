/**
 * Takes away a guard of a launcher that runs, by its debugger, which only the node's administrator can open: a proof that
 * the harness sees what the guard is against. The product has no switch for it.
 */
import { execa } from 'execa';
import type { Instance } from '../../cluster/instance.ts';
import { isNode, victimIn } from './strike.ts';

/** Instead of ending, QEMU lets its guest go on. */
const SPARE = `
  const { Socket } = process.getBuiltinModule('node:net');
  const { write } = Socket.prototype;
  Socket.prototype.write = function (data, ...rest) {
    const said = typeof data === 'string' ? data.replace('"execute":"quit"', '"execute":"cont"') : data;
    return write.call(this, said, ...rest);
  };
  'done'`;

/** Runs in the pod's network, where the debugger listens. */
const TELL = `
  const [{ webSocketDebuggerUrl }] = await (await fetch('http://127.0.0.1:9229/json/list')).json();
  const socket = new WebSocket(webSocketDebuggerUrl);
  await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
  const answer = new Promise((resolve) => { socket.onmessage = ({ data }) => resolve(data); });
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: process.argv[1] } }));
  console.log(await answer);
  socket.close();`;

export async function sparesSource(instance: Instance, namespace: string, pod: string): Promise<void> {
  const launcher = await victimIn(instance, namespace, `${pod}_`, isNode);
  if (!launcher) throw new Error(`${pod} has no launcher`);
  process.kill(launcher.pid, 'SIGUSR1');
  const command = [process.execPath, '--input-type=module', '--eval', TELL, SPARE];
  const { stdout } = await execa('nsenter', [`--target=${launcher.pid}`, '--net', '--', ...command], {
    timeout: 60_000,
  });
  if (!stdout.includes('done')) throw new Error(`the debugger of ${pod} said ${stdout}`);
}
