import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';

/** QEMU with the tiny guest, seen through its serial console. Disposing of it kills QEMU. */
export interface BootedGuest extends AsyncDisposable {
  /** The first console line that matches, from the boot's beginning on. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Types a line on the console. */
  type(command: string): void;
  pressPowerButton(): Promise<void>;
  readonly exited: Promise<{ exitCode?: number | undefined }>;
}

export interface BootOptions {
  /** Qcow2 image to boot, which is written to. */
  readonly disk: string;
  /** For QEMU's monitor socket. */
  readonly directory: string;
  /** Port of this machine's loopback that leads to the guest's port 80. */
  readonly httpPort?: number;
  readonly arguments?: readonly string[];
}

const TIMEOUT = 180_000;

export function bootGuest({ disk, directory, httpPort, arguments: extra = [] }: BootOptions): BootedGuest {
  const monitor = join(directory, 'monitor.sock');
  const forward = httpPort === undefined ? '' : `,hostfwd=tcp:127.0.0.1:${httpPort}-:80`;
  const qemu = execa(
    'qemu-system-x86_64',
    [
      ...['-accel', 'tcg', '-m', '256', '-smp', '1', '-nodefaults', '-display', 'none', '-no-reboot'],
      ...['-serial', 'stdio', '-monitor', `unix:${monitor},server,nowait`],
      ...['-drive', `id=root,file=${disk},format=qcow2,if=none`],
      ...['-device', 'virtio-blk-pci,drive=root,bootindex=1'],
      ...['-netdev', `user,id=net${forward}`, '-device', 'virtio-net-pci,netdev=net', ...extra],
    ],
    { buffer: false, reject: false, stderr: 'inherit' },
  );
  let seen = '';
  qemu.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
  });
  const end = new AbortController();
  const exited = qemu.then(({ exitCode, shortMessage = 'QEMU has exited' }) => {
    end.abort(new Error(shortMessage));
    return { exitCode };
  });
  return {
    async line(pattern) {
      const signal = AbortSignal.any([end.signal, AbortSignal.timeout(TIMEOUT)]);
      for (;;) {
        const match = pattern.exec(seen.replaceAll('\r', ''));
        if (match) return match;
        if (signal.aborted)
          throw new Error(`No line ${String(pattern)} in:\n${seen}`, { cause: signal.reason });
        await once(qemu.stdout, 'data', { signal }).catch(() => undefined);
      }
    },
    type: (command) => qemu.stdin.write(`${command}\n`),
    async pressPowerButton() {
      const socket = connect(monitor);
      await once(socket, 'connect', { signal: AbortSignal.timeout(TIMEOUT) });
      socket.end('system_powerdown\n');
      socket.resume();
    },
    exited,
    async [Symbol.asyncDispose]() {
      qemu.kill('SIGKILL');
      await qemu;
    },
  };
}
