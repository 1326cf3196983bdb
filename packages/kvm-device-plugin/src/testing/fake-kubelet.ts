/** The kubelet's side of the device plugin API: takes registrations, watches the devices, and asks for some. */
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  status,
  type ClientReadableStream,
  type handleUnaryCall,
} from '@grpc/grpc-js';
import { EventEmitter, once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DevicePlugin, KUBELET_SOCKET, Registration, type AllocateResponse, type Device, type ListAndWatchResponse, type RegisterRequest } from '../device-plugin-api.ts'; // prettier-ignore

export class FakeKubelet {
  readonly registrations: RegisterRequest[] = [];
  readonly #events = new EventEmitter();
  readonly #server = new Server();
  readonly #directory: string;
  #client: Client | undefined;
  #stream: ClientReadableStream<ListAndWatchResponse> | undefined;
  #devices: readonly Device[] = [];
  /** Refuses the next registration. */
  refusesNext = false;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Like the real one it first removes whatever lies in the directory. */
  static async start(directory: string): Promise<FakeKubelet> {
    for (const file of await readdir(directory)) await rm(join(directory, file));
    const kubelet = new FakeKubelet(directory);
    const Register: handleUnaryCall<RegisterRequest, object> = ({ request }, answer) => {
      if (kubelet.refusesNext) answer({ code: status.UNAVAILABLE, details: 'not now' });
      else answer(null, {});
      kubelet.#registered(request);
    };
    kubelet.#server.addService(Registration, { Register });
    const { promise, resolve } = Promise.withResolvers<Error | null>();
    const address = `unix:${join(directory, KUBELET_SOCKET)}`;
    kubelet.#server.bindAsync(address, ServerCredentials.createInsecure(), resolve);
    const error = await promise;
    if (error) throw error;
    return kubelet;
  }

  /** As a crash: connections break, and the socket stays where it is. */
  stop(): void {
    this.#client?.close();
    this.#server.forceShutdown();
  }

  /** As the kubelet does when a registration of the same resource comes, or it lost patience. */
  stopWatching(): void {
    this.#stream?.cancel();
  }

  /** Resolves with the devices once they are as wanted; the kubelet registers nobody by itself. */
  async devices(isWanted: (devices: readonly Device[]) => boolean): Promise<readonly Device[]> {
    while (!isWanted(this.#devices)) await once(this.#events, 'devices', { signal: deadline() });
    return this.#devices;
  }

  async registered(times: number): Promise<void> {
    while (this.registrations.length < times) await once(this.#events, 'registered', { signal: deadline() });
  }

  allocate(...containers: string[][]): Promise<AllocateResponse> {
    const request = { containerRequests: containers.map((devicesIds) => ({ devicesIds })) };
    return this.#call<AllocateResponse>('Allocate', request);
  }

  options(): Promise<object> {
    return this.#call('GetDevicePluginOptions', {});
  }

  #registered(request: RegisterRequest): void {
    this.registrations.push(request);
    if (!this.refusesNext) this.#watch(request.endpoint);
    this.refusesNext = false;
    this.#events.emit('registered');
  }

  #watch(endpoint: string): void {
    this.#client?.close();
    this.#devices = [];
    this.#client = new Client(`unix:${join(this.#directory, endpoint)}`, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = methodOf('ListAndWatch');
    const stream = this.#client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, {});
    stream.on('data', ({ devices }: ListAndWatchResponse) => {
      this.#devices = devices;
      this.#events.emit('devices');
    });
    // A plugin may go at any time.
    stream.on('error', () => undefined);
    this.#stream = stream;
  }

  #call<Response>(name: string, request: object): Promise<Response> {
    const { path, requestSerialize, responseDeserialize } = methodOf(name);
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    this.#client?.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, (error, response) => {
      if (error) reject(error);
      else resolve(response as Response); // what the definition deserializes
    }); // prettier-ignore
    return promise;
  }
}

function methodOf(name: string) {
  const method = DevicePlugin[name];
  if (!method) throw new Error(`the API has no ${name}`);
  return method;
}

function deadline(): AbortSignal {
  return AbortSignal.timeout(60_000);
}
