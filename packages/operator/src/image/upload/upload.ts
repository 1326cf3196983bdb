/** The door by which a client's file comes to its importer, whichever pod that is. */
import { GROUP, Labels, UPLOAD_PORT } from '@hypersdk/api';
import { ownerReference, type PersistentVolumeClaim, type Service } from '@hypersdk/kube';
import type { UploadFor } from '../wish.ts';

const PORT = 443;

/** What a VMImage's status says. */
export interface Upload {
  readonly service: string;
  readonly secret: string;
  /** Bytes. */
  readonly received: number;
}

type Claim = Pick<PersistentVolumeClaim, 'metadata'>;

export const isUpload = ({ metadata }: Claim): boolean => metadata.labels?.[Labels.upload] !== undefined;

/** Of the Service and of the Secret: as no two images have one claim, no two have one door. */
export const uploadName = (claim: string): string => `${claim}-upload`;

/** The name that clients know the importer by. */
export const uploadHost = ({ metadata: { name, namespace = '' } }: Claim): string =>
  `${uploadName(name)}.${namespace}.svc`;

export function uploadOf({ metadata: { name } }: Claim, received: number): Upload {
  return { service: uploadName(name), secret: uploadName(name), received };
}

export function uploadService(
  { metadata: { name, namespace = '' } }: Claim,
  { name: image, uid }: UploadFor,
): Service {
  const owner = {
    apiVersion: `${GROUP}/v1alpha1`,
    kind: 'VMImage',
    metadata: { name: image, uid: uid ?? '' },
  };
  return {
    metadata: {
      name: uploadName(name),
      namespace,
      labels: { [Labels.image]: name, [Labels.appManagedBy]: 'hypersdk-operator' },
      ownerReferences: [ownerReference(owner)],
    },
    spec: {
      selector: { [Labels.image]: name },
      ports: [{ name: 'https', port: PORT, targetPort: UPLOAD_PORT }],
    },
  };
}

/** Its Secret goes with it. */
export const closedService = ({ metadata: { name, namespace = '' } }: Claim): Pick<Service, 'metadata'> => ({
  metadata: { name: uploadName(name), namespace },
});

/** Commands that run as they stand here, but for the name of the file. */
export function howToUpload(claim: Claim, { service, secret, received }: Upload): string {
  const namespace = `--namespace ${claim.metadata.namespace ?? ''}`;
  const value = (key: string): string =>
    `kubectl get secret ${secret} ${namespace} --output 'jsonpath={.data.${key}}' | base64 -d`;
  const rest = received > 0 ? ` --continue-at ${received}` : '';
  const come = received > 0 ? `${received} bytes have come, and the rest is awaited` : 'The file is awaited';
  return [
    `${come}. Send it, FILE, by two shells. In one: kubectl port-forward service/${service} ${namespace} 8443:${PORT}`,
    `In the other: ${value('ca\\.crt')} > ca.crt; TOKEN=$(${value('token')});` +
      ` curl --fail-with-body --cacert ca.crt --connect-to ::localhost:8443 --header "Authorization: Bearer $TOKEN"` +
      `${rest} --upload-file FILE https://${uploadHost(claim)}/`,
  ].join('. ');
}
