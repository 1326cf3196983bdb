import { ApiError } from '@hypersdk/kube';
import { pino, type Logger } from 'pino';

/** JSON lines on stdout, errors with their causes. */
export function openLog(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: described, err: described },
  });
}

/** What the API server refuses is told in its own words; a stack is for what nobody foresaw. */
function described(error: unknown): unknown {
  if (error instanceof ApiError) return { type: error.name, status: error.status, message: error.message };
  return error instanceof Error ? pino.stdSerializers.errWithCause(error) : error;
}
