/** The plugin's side of the API, on a socket of its own. */
import {
  Server,
  ServerCredentials,
  type handleServerStreamingCall,
  type handleUnaryCall,
} from '@grpc/grpc-js';
import { rm } from 'node:fs/promises';
import { DevicePlugin, type AllocateRequest, type AllocateResponse, type ListAndWatchResponse } from './device-plugin-api.ts'; // prettier-ignore
import type { Devices } from './devices.ts';
import { kvmDevice } from './kvm.ts';

/** A type, not an interface, so that it goes where gRPC asks for an index signature. */
type Handlers = {
  readonly GetDevicePluginOptions: handleUnaryCall<object, object>;
  readonly ListAndWatch: handleServerStreamingCall<object, ListAndWatchResponse>;
  readonly Allocate: handleUnaryCall<AllocateRequest, AllocateResponse>;
};

/** `onForsaken` is called when a kubelet that watched the devices does so no more. */
export async function serveDevicePlugin(
  socket: string,
  devices: Devices,
  onForsaken: () => void,
): Promise<{ close: () => void }> {
  const server = new Server();
  server.addService(DevicePlugin, handlers(devices, onForsaken));
  // What a plugin that was killed has left.
  await rm(socket, { force: true });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => {
    if (error) reject(error);
    else resolve(undefined);
  });
  await promise;
  return {
    close: () => {
      server.forceShutdown();
    },
  };
}

function handlers(devices: Devices, onForsaken: () => void): Handlers {
  return {
    GetDevicePluginOptions: (_, answer) => {
      answer(null, {});
    },
    ListAndWatch: (call) => {
      const tell = (): void => {
        call.write({ devices: devices.list });
      };
      const stop = devices.watch(tell);
      call.once('cancelled', () => {
        stop();
        onForsaken();
      });
      tell();
    },
    Allocate: ({ request }, answer) => {
      answer(null, { containerResponses: request.containerRequests.map(() => ({ devices: [kvmDevice] })) });
    },
  };
}
