/** Manifests as a user writes them, around the tiny guest that the image server offers. */
import type { VirtualMachineManifest, VMOperationManifest, VMTemplateManifest } from '@hypersdk/api';

const type = <K extends string>(kind: K) => ({ apiVersion: 'hypersdk.io/v1alpha1', kind }) as const;

function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the e2e suite with "make test SUITES=e2e"`);
  return value;
}

export function tinyTemplate(image: Partial<VMTemplateManifest['spec']['image']> = {}): VMTemplateManifest {
  const http = { url: environment('IMAGE_URL') };
  const checksum = { type: 'sha256' as const, value: environment('IMAGE_SHA256') };
  const size = environment('IMAGE_VIRTUAL_SIZE');
  return {
    ...type('VMTemplate'),
    metadata: { name: 'tiny' },
    spec: { image: { source: { http }, checksum, size, ...image } },
  };
}

export function tinyVm(
  name: string,
  spec: Partial<VirtualMachineManifest['spec']> = {},
): VirtualMachineManifest {
  return {
    ...type('VirtualMachine'),
    metadata: { name },
    spec: {
      cpus: 1,
      memory: '256Mi',
      image: { templateRef: { name: 'tiny' } },
      disks: [{ name: 'root', size: '256Mi' }],
      ...spec,
    },
  };
}

export function operationOn(
  vm: string,
  operation: VMOperationManifest['spec']['operation'],
): VMOperationManifest {
  return {
    ...type('VMOperation'),
    metadata: { name: `${vm}-${operation}` },
    spec: { vmRef: { name: vm }, operation },
  };
}
