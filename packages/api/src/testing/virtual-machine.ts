import { API_VERSION } from '../group.ts';
import type { Manifest } from './custom-resources.ts';

/** A VirtualMachine that the API server accepts, with the fields of `spec` changed. */
export function vm(spec: object, name = ''): Manifest {
  return {
    apiVersion: API_VERSION,
    kind: 'VirtualMachine',
    metadata: { name },
    spec: { cpus: 2, memory: '2Gi', ...spec },
  };
}
