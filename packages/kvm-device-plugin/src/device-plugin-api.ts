/**
 * The kubelet's device plugin API, as much of it as this plugin speaks. Names and field numbers are those of
 * `v1beta1/api.proto` in k8s.io/kubelet, of which only the numbers travel.
 */
import type { ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

export const API_VERSION = 'v1beta1';
/** The kubelet's own socket in the directory that it shares with device plugins. */
export const KUBELET_SOCKET = 'kubelet.sock';

export interface RegisterRequest {
  readonly version: string;
  /** Name of the plugin's socket in that directory. */
  readonly endpoint: string;
  readonly resourceName: string;
}

export interface Device {
  readonly id: string;
  readonly health: 'Healthy' | 'Unhealthy';
}

export interface ListAndWatchResponse {
  readonly devices: readonly Device[];
}

export interface AllocateRequest {
  readonly containerRequests: readonly { readonly devicesIds: readonly string[] }[];
}

export interface DeviceSpec {
  readonly containerPath: string;
  readonly hostPath: string;
  /** Of cgroups: any of r, w and m. */
  readonly permissions: string;
}

export interface AllocateResponse {
  readonly containerResponses: readonly { readonly devices: readonly DeviceSpec[] }[];
}

const text = (id: number) => ({ type: 'string', id });
const list = (type: string, id: number) => ({ rule: 'repeated', type, id });

const messages = {
  Empty: { fields: {} },
  // Both of its options are off: the kubelet then never calls GetPreferredAllocation and PreStartContainer.
  DevicePluginOptions: { fields: {} },
  RegisterRequest: { fields: { version: text(1), endpoint: text(2), resourceName: text(3) } },
  Device: { fields: { id: text(1), health: text(2) } },
  ListAndWatchResponse: { fields: { devices: list('Device', 1) } },
  ContainerAllocateRequest: { fields: { devicesIds: list('string', 1) } },
  AllocateRequest: { fields: { containerRequests: list('ContainerAllocateRequest', 1) } },
  DeviceSpec: { fields: { containerPath: text(1), hostPath: text(2), permissions: text(3) } },
  ContainerAllocateResponse: { fields: { devices: list('DeviceSpec', 3) } },
  AllocateResponse: { fields: { containerResponses: list('ContainerAllocateResponse', 1) } },
};

const method = (requestType: string, responseType: string) => ({ requestType, responseType, comment: '' });

const services = {
  Registration: { methods: { Register: method('RegisterRequest', 'Empty') } },
  DevicePlugin: {
    methods: {
      GetDevicePluginOptions: method('Empty', 'DevicePluginOptions'),
      ListAndWatch: { ...method('Empty', 'ListAndWatchResponse'), responseStream: true },
      Allocate: method('AllocateRequest', 'AllocateResponse'),
    },
  },
};

const definitions = fromJSON(
  { nested: { [API_VERSION]: { nested: { ...messages, ...services } } } },
  { keepCase: true, defaults: true },
);

// What stands under the name of a service is one.
export const Registration = definitions[`${API_VERSION}.Registration`] as ServiceDefinition;
export const DevicePlugin = definitions[`${API_VERSION}.DevicePlugin`] as ServiceDefinition;
