import { startQemu } from '../testing/qemu.ts';
import type { CapturedSchema, Entity } from './introspection.ts';

/** What the qemu-system-x86_64 on PATH says of its own commands and events. */
export async function captureSchema(): Promise<CapturedSchema> {
  const { qmp, stop } = await startQemu(['-machine', 'none']);
  try {
    const { major, minor, micro } = qmp.greeting.version.qemu;
    const entities = (await qmp.execute('query-qmp-schema')) as readonly Entity[];
    return { qemu: `${major}.${minor}.${micro}`, entities };
  } finally {
    await stop();
  }
}

/** One entity a line, so that a newer QEMU makes a diff that can be read; without what no type needs. */
export function renderCaptured({ qemu, entities }: CapturedSchema): string {
  const lines = entities.map((entity) => JSON.stringify(entity, omitValues));
  return `{"qemu":${JSON.stringify(qemu)},"entities":[\n${lines.join(',\n')}\n]}\n`;
}

/** An enum's `values` repeats its members for clients older than QEMU 6.2. */
function omitValues(this: unknown, key: string, value: unknown): unknown {
  return key === 'values' ? undefined : value;
}
