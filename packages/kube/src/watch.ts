import { ApiError, apiError } from './errors.ts';
import { jsonLines } from './json-lines.ts';
import type { KubeObject } from './object.ts';
import type { WatchOptions } from './options.ts';
import { collectionPath, type Resource } from './resource.ts';
import { failure, isStatus } from './response.ts';
import { connectionError, type HttpRequest, type Transport } from './transport.ts';

/** A BOOKMARK's object holds nothing but its resourceVersion. An ERROR is thrown, never yielded. */
export type WatchEvent<T extends KubeObject = KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | {
      readonly type: 'BOOKMARK';
      readonly object: { readonly metadata: { readonly resourceVersion: string } };
    };

export async function* watchEvents<T extends KubeObject>(
  transport: Transport,
  resource: Resource<T>,
  options: WatchOptions,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  const { namespace, signal, idleTimeout = 0, ...query } = options;
  const request: HttpRequest = {
    method: 'GET',
    path: collectionPath(resource, namespace),
    query: { ...query, watch: true },
    bodyTimeout: idleTimeout,
    signal,
  };
  const response = await transport.send(request, 'watches');
  if (response.statusCode >= 400) throw await failure(request, response);
  try {
    for await (const line of jsonLines(response.body)) yield checkEvent<T>(line);
  } catch (error) {
    throw error instanceof ApiError ? error : connectionError(request, error);
  } finally {
    response.body.destroy();
  }
}

const types = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']);

function checkEvent<T extends KubeObject>(line: unknown): WatchEvent<T> {
  if (typeof line !== 'object' || line === null || !('type' in line) || !('object' in line)) {
    throw new SyntaxError('not a watch event');
  }
  if (line.type === 'ERROR') throw errorEvent(line.object);
  if (!types.has(String(line.type))) throw new SyntaxError(`unknown watch event ${String(line.type)}`);
  // The object's own shape is the API server's promise for the resource.
  return line as WatchEvent<T>;
}

function errorEvent(object: unknown): ApiError {
  const status = isStatus(object) ? object : undefined;
  const { code = 500, reason = 'Unknown', message = 'the watch failed' } = status ?? {};
  return apiError({ code, reason, message });
}
