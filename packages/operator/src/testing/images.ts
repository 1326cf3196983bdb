import type { VMImage, VMTemplate } from '@hypersdk/api';

export function aVmImage(
  changes: {
    spec?: Partial<VMImage['spec']>;
    status?: VMImage['status'];
    metadata?: Partial<VMImage['metadata']>;
  } = {},
): VMImage {
  return {
    apiVersion: 'hypersdk.io/v1alpha1',
    kind: 'VMImage',
    metadata: {
      name: 'debian',
      namespace: 'default',
      uid: 'vm-image',
      generation: 1,
      finalizers: ['hypersdk.io/vm-image'],
      ...changes.metadata,
    },
    spec: { source: { http: { url: 'http://images.test/debian.qcow2' } }, ...changes.spec },
    ...(changes.status && { status: changes.status }),
  };
}

export function aTemplate(
  changes: {
    spec?: Partial<VMTemplate['spec']>;
    status?: VMTemplate['status'];
    metadata?: Partial<VMTemplate['metadata']>;
  } = {},
): VMTemplate {
  return {
    apiVersion: 'hypersdk.io/v1alpha1',
    kind: 'VMTemplate',
    metadata: {
      name: 'ubuntu',
      namespace: 'default',
      uid: 'template',
      generation: 1,
      finalizers: ['hypersdk.io/vm-template'],
      ...changes.metadata,
    },
    spec: { image: { source: { http: { url: 'http://images.test/ubuntu.qcow2' } } }, ...changes.spec },
    ...(changes.status && { status: changes.status }),
  };
}
