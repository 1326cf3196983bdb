/** Manifests as a user writes them, around the tiny guest that the image server offers. */
import type { VirtualMachineManifest, VMOperationManifest, VMTemplateManifest } from '@hypersdk/api';

const type = <K extends string>(kind: K) => ({ apiVersion: 'hypersdk.io/v1alpha1', kind }) as const;

export function environment(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run the e2e suite with "make test SUITES=e2e"`);
  return value;
}

type TemplateImage = VMTemplateManifest['spec']['image'];

export function tinyTemplate(image: Partial<TemplateImage> = {}, name = 'tiny'): VMTemplateManifest {
  return template(name, { ...servedImage('IMAGE'), ...image });
}

/** A cloud image as clouds have them; it takes a minute or two to boot where it is emulated. */
export function debianTemplate(name = 'debian'): VMTemplateManifest {
  return template(name, servedImage('DEBIAN_IMAGE'));
}

function servedImage(prefix: string): TemplateImage {
  const http = { url: environment(`${prefix}_URL`) };
  const checksum = { type: 'sha256' as const, value: environment(`${prefix}_SHA256`) };
  return { source: { http }, checksum, size: environment(`${prefix}_VIRTUAL_SIZE`) };
}

function template(name: string, image: TemplateImage): VMTemplateManifest {
  return { ...type('VMTemplate'), metadata: { name }, spec: { image } };
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
