/** The plugin's configuration: environment variables, which the Helm chart sets from its values. */
import * as z from 'zod';

const Environment = z.object({
  DEVICE_PLUGIN_DIRECTORY: z.string().default('/var/lib/kubelet/device-plugins'),
  DEVICE_COUNT: z.coerce.number().int().min(1).default(1000),
  HEALTH_PORT: z.coerce.number().int().default(8081),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
});

export interface Config {
  readonly directory: string;
  readonly deviceCount: number;
  readonly healthPort: number;
  readonly logLevel: string;
}

/** Throws a message that names every bad variable. */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) throw new Error(`bad configuration: ${z.prettifyError(parsed.error)}`);
  const env = parsed.data;
  return {
    directory: env.DEVICE_PLUGIN_DIRECTORY,
    deviceCount: env.DEVICE_COUNT,
    healthPort: env.HEALTH_PORT,
    logLevel: env.LOG_LEVEL,
  };
}
