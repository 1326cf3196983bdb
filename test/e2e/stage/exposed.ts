import type { Scene } from './scene.ts';

/** Makes a Service of the VM's name, by which its port 80 is port 8000; its address, once the guest is behind it. */
export async function exposed(scene: Scene, vm: string): Promise<string> {
  const ports = [{ port: 8000, targetPort: 80 }];
  await scene.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: vm },
    spec: { selector: { vm }, ports },
  });
  await scene.waitFor(
    'jsonpath={.endpoints[0].conditions.ready}=true',
    `endpointslice/${await slice(scene, vm)}`,
  );
  return scene.k('get', 'service', vm, '--output', 'jsonpath={.spec.clusterIP}');
}

/** Name of the Service's EndpointSlice, once it is there. */
export async function slice({ k }: Scene, service: string): Promise<string> {
  const selector = `kubernetes.io/service-name=${service}`;
  await k('wait', '--for=create', 'endpointslice', '--selector', selector, '--timeout=180s');
  return k('get', 'endpointslice', '--selector', selector, '--output', 'jsonpath={.items[0].metadata.name}');
}
