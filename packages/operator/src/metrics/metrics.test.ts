import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Client, silent, WorkQueue } from '@hypersdk/kube';
import { openCaches } from '../caches.ts';
import { openMetrics, type Metrics } from './metrics.ts';

const reference = join(import.meta.dirname, '../../../../docs/reference/metrics.md');

function metrics(queues: ReadonlyMap<string, WorkQueue> = new Map()): Metrics {
  const credentials = () => Promise.resolve({ headers: {}, tls: {} });
  const client = new Client({ server: 'https://127.0.0.1:1', credentials }, { userAgent: 'test' });
  return openMetrics(openCaches(client, silent), () => queues);
}

describe('the metrics', () => {
  it('are those that the reference lists, with these labels', async () => {
    const rows = [...(await readFile(reference, 'utf8')).matchAll(/^\| `(hypersdk_\w+)` *\| (\w+)/gm)];
    const listed = rows.map(([, name, type]) => `${name ?? ''} ${type ?? ''}`).sort();
    const text = await metrics().registry.metrics();
    const served = [...text.matchAll(/^# TYPE (hypersdk_\w+ \w+)$/gm)].map(([, served]) => served);
    assert.deepEqual(served.sort(), listed);
  });

  it('say what waits, and who leads', async () => {
    const queue = new WorkQueue();
    queue.add('default/web');
    const standby = await metrics().registry.metrics();
    const leading = await metrics(new Map([['virtual-machine', queue]])).registry.metrics();
    assert.match(standby, /^hypersdk_leader 0$/m);
    assert.match(leading, /^hypersdk_leader 1$/m);
    assert.match(leading, /^hypersdk_queue_depth{controller="virtual-machine"} 1$/m);
  });

  it('count reconciles by outcome', async () => {
    const { registry, reconciled } = metrics();
    reconciled('virtual-machine', 'error', 20);
    const line = /^hypersdk_reconcile_total{controller="virtual-machine",outcome="error"} 1$/m;
    assert.match(await registry.metrics(), line);
  });

  it('measure operations by how they ended', async () => {
    const { registry, operationEnded, reconfigured } = metrics();
    operationEnded('stop', 'cancelled', 3000);
    reconfigured('power_cycle_needed');
    const text = await registry.metrics();
    const labels = 'operation="stop",outcome="cancelled"';
    assert.match(text, new RegExp(`^hypersdk_vm_operation_duration_seconds_sum{${labels}} 3$`, 'm'));
    assert.match(text, /^hypersdk_vm_reconfigure_total{outcome="power_cycle_needed"} 1$/m);
  });

  it('measure what is done with snapshots and images, where it was begun', async () => {
    const { registry, snapshotted, paused, imagePrepared } = metrics();
    snapshotted('create', 'succeeded', 1500);
    snapshotted('create', 'failed');
    paused(20);
    imagePrepared('failed', 9000);
    const text = await registry.metrics();
    for (const line of [
      'hypersdk_vm_snapshot_total{action="create",outcome="failed"} 1',
      'hypersdk_vm_snapshot_duration_seconds_sum{action="create",outcome="succeeded"} 1.5',
      'hypersdk_vm_snapshot_pause_seconds_sum 0.02',
      'hypersdk_vm_image_prepare_duration_seconds_sum{outcome="failed"} 9',
    ])
      assert.ok(text.split('\n').includes(line), line);
    assert.doesNotMatch(text, /snapshot_duration_seconds_count{action="create",outcome="failed"}/);
  });
});
