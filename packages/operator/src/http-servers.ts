/** Plain HTTP for the kubelet and for Prometheus. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Registry } from 'prom-client';

export interface Health {
  /** The process does its work; false makes the kubelet restart it. */
  readonly isAlive: () => boolean;
  /** The caches are filled, so that it could lead. */
  readonly isReady: () => boolean;
}

export function serveHealth(port: number, health: Health): Server {
  return serve(port, (request, response) => {
    const checks: Record<string, () => boolean> = { '/healthz': health.isAlive, '/readyz': health.isReady };
    const check = checks[request.url ?? ''];
    const isWell = check?.();
    response.writeHead(check ? (isWell ? 200 : 503) : 404).end(check ? (isWell ? 'ok\n' : 'not ok\n') : '');
  });
}

export function serveMetrics(port: number, registry: Registry): Server {
  return serve(port, (request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    void registry
      .metrics()
      .then((text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text));
  });
}

function serve(port: number, listener: RequestListener): Server {
  return createServer(listener).listen(port);
}
