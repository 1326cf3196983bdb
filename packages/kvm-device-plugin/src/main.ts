/** The KVM device plugin: one process a node, which tells its kubelet that pods may have /dev/kvm. */
import { createServer } from 'node:http';
import { pino } from 'pino';
import { loadConfig } from './config.ts';
import { Plugin } from './plugin.ts';

/** Milliseconds. */
const PERIOD = 10_000;

const { directory, deviceCount, healthPort, logLevel } = loadConfig(process.env);
const serializers = { error: pino.stdSerializers.errWithCause };
const log = pino({
  level: logLevel,
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
  serializers,
});
const stopping = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.once(name, () => {
    stopping.abort();
  });
}

const plugin = new Plugin({ directory, sysfs: '/sys', deviceCount, log, period: PERIOD });
createServer(({ url }, response) => {
  const status = url !== '/readyz' ? 404 : plugin.isRegistered ? 200 : 503;
  response.writeHead(status, { connection: 'close' }).end();
}).listen(healthPort);
await plugin.run(stopping.signal);
process.exit(0);
