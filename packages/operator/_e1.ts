import { Client } from '@hypersdk/kube';
const t = performance.now();
const c = await Client.load({ userAgent: 'x' });
await c
  .list({ group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true }, { limit: 1 })
  .catch((e) => console.log(e.name));
console.log(
  'load+first list ms',
  (performance.now() - t).toFixed(0),
  'since start',
  performance.now().toFixed(0),
  'rss',
  (process.memoryUsage().rss / 2 ** 20).toFixed(0),
  'heap',
  (process.memoryUsage().heapUsed / 2 ** 20).toFixed(1),
);
process.exit();
