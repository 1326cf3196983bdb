/**
 * One JSON document a line on stdout, in the operator's field names. pino itself costs 2 MiB in every VM's pod,
 * and a launcher says a dozen lines in its life.
 */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
export type LogFields = Readonly<Record<string, unknown>>;

const levels = ['trace', 'debug', 'info', 'warn', 'error'] as const;
type Level = (typeof levels)[number];

export interface LogOptions {
  readonly name: string;
  /** The least level that is written. An unknown one counts as `info`: a VM does not stay down for a typing error. */
  readonly level: string | undefined;
  readonly write: (line: string) => void;
}

export function jsonLog({ name, level = 'info', write }: LogOptions): Log {
  const asked = levels.findIndex((known) => known === level);
  const least = asked < 0 ? levels.indexOf('info') : asked;
  const line =
    (of: Level) =>
    (fields: LogFields, message: string): void => {
      if (levels.indexOf(of) < least) return;
      const time = new Date().toISOString();
      write(`${JSON.stringify({ level: of, time, name, ...plain(fields), msg: message })}\n`);
    };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

function plain(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? errorFields(value) : value]),
  );
}

function errorFields(error: Error): LogFields {
  return {
    type: error.name,
    message: error.message,
    ...(error.cause instanceof Error && { cause: errorFields(error.cause) }),
  };
}
