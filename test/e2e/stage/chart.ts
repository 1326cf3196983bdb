/** The release of the operator's chart, as its administrator changes it. */
import { join } from 'node:path';
import { execa } from 'execa';

const chart = join(import.meta.dirname, '../../../deploy/helm/hypersdk-operator');
const PLACE = ['--namespace', 'hypersdk-system', '--reset-then-reuse-values', '--wait', '--timeout', '4m'];

/** Each as `name=value`; the others stay as they are. */
export async function upgradeChart(...values: string[]): Promise<void> {
  const set = values.flatMap((value) => ['--set', value]);
  await execa('helm', ['upgrade', 'hypersdk-operator', chart, ...PLACE, ...set], { timeout: 270_000 });
}
