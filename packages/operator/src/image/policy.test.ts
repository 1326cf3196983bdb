import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VMImage } from '@hypersdk/api';
import { aVmImage } from '../testing/images.ts';
import { DEFAULT_POLICY, importPolicy, type ImportPolicy } from './policy.ts';

const none: ImportPolicy = { imports: false, attempts: 1, timeout: undefined };
type Prepare = NonNullable<VMImage['spec']['prepare']>;
const imports = (prepare: Partial<Prepare> = {}): VMImage =>
  aVmImage({ spec: { prepare: { onMissing: 'Import', retries: 4, ...prepare } } });

describe('an import', () => {
  const rows: [string, VMImage[], others: number, ImportPolicy][] = [
    ['of a VMImage that says nothing is as any other', [aVmImage()], 0, DEFAULT_POLICY],
    [
      'is tried as often, and as long, as its VMImage says',
      [imports({ retries: 0, timeout: '1m30s' })],
      0,
      { imports: true, attempts: 1, timeout: 90_000 },
    ],
    [
      'that two want is as the more patient wants it',
      [imports({ retries: 1, timeout: '5m' }), imports({ retries: 2, timeout: '30s' })],
      0,
      { imports: true, attempts: 3, timeout: 300_000 },
    ],
    [
      'that somebody gives all the time it takes has that',
      [imports({ timeout: '5m' }), imports()],
      0,
      DEFAULT_POLICY,
    ],
    ['that a VM wants, too, is as VMs want it', [imports({ retries: 0, timeout: '5m' })], 1, DEFAULT_POLICY],
    ['that its VMImage does not want is none', [imports({ onMissing: 'Fail' })], 0, none],
    ['that another wants all the same is made', [imports({ onMissing: 'Fail' })], 1, DEFAULT_POLICY],
  ];
  for (const [name, vmImages, others, policy] of rows) {
    it(name, () => {
      assert.deepEqual(importPolicy(vmImages, others), policy);
    });
  }
});
