// Proves that the API server takes a VirtualMachine and that the operator answers it: a halted machine becomes
// Ready. No guest boots, so this needs no volume, no room on a node and no image.
import { readFileSync } from 'node:fs';

const { NAMESPACE, KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
const token = readFileSync('/var/run/secrets/kubernetes.io/serviceaccount/token', 'utf8');
const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
const machines = `${server}/apis/hypersdk.io/v1alpha1/namespaces/${NAMESPACE}/virtualmachines`;

async function call(method, url, { body, seconds = 10 } = {}) {
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(seconds * 1000),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  return response;
}

async function waitUntilReady({ name, resourceVersion }) {
  const query = new URLSearchParams({ watch: '1', fieldSelector: `metadata.name=${name}`, resourceVersion });
  const watch = await call('GET', `${machines}?${query}`, { seconds: 60 });
  let rest = '';
  for await (const text of watch.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const { object } of lines.map((line) => JSON.parse(line))) {
      const ready = object.status?.conditions?.find(({ type }) => type === 'Ready');
      if (!ready) continue;
      console.log(`phase ${object.status.phase}, Ready ${ready.status} ${ready.reason}: ${ready.message}`);
      if (ready.status === 'True') return;
    }
  }
  throw new Error('the API server ended the watch before the VM was Ready');
}

const body = {
  apiVersion: 'hypersdk.io/v1alpha1',
  kind: 'VirtualMachine',
  metadata: { generateName: 'helm-test-' },
  spec: { cpus: 1, memory: '64Mi', running: false },
};
const { metadata } = await (await call('POST', machines, { body })).json();
try {
  await waitUntilReady(metadata);
} finally {
  await call('DELETE', `${machines}/${metadata.name}`);
}
console.log('The operator reconciles.');
