import type { QmpClient } from 'qemu-monitor';

/** As `10.0.3`. */
export function qemuVersion({ greeting }: Pick<QmpClient, 'greeting'>): string {
  const { major, minor, micro } = greeting.version.qemu;
  return `${major}.${minor}.${micro}`;
}
