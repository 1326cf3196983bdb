import type { QmpClient } from 'qemu-monitor';

/** As `10.0.3`. */
export function qemuVersion({ greeting }: Pick<QmpClient, 'greeting'>): string {
  const { major, minor, micro } = greeting.version.qemu;
  return `${major}.${minor}.${micro}`;
}

/** Those of one release, as `10.0`, differ in what was mended alone. */
export const release = (version: string): string => version.split('.').slice(0, 2).join('.');

/** Positive where `a` is the newer one. */
export function compareReleases(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const [major, minor] = [0, 1].map((place) => (left?.[place] ?? 0) - (right?.[place] ?? 0));
  return major || (minor ?? 0);
}

/** Of the running machine: as `pc-q35-10.0`, or `microvm`, which has no versions. */
export async function machineType(client: QmpClient): Promise<string> {
  const type = await client.execute('qom-get', { path: '/machine', property: 'type' });
  return String(type).replace(/-machine$/, '');
}
