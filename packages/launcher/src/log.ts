/**
 * One JSON document a line on stdout, in pino's field names. pino itself costs 2 MiB in every VM's pod,
 * and a launcher says a dozen lines in its life.
 */
export interface Log {
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
export type LogFields = Readonly<Record<string, unknown>>;

const levels = { info: 30, warn: 40, error: 50 } as const;

export function jsonLog(name: string, write: (line: string) => void): Log {
  const line =
    (level: keyof typeof levels) =>
    (fields: LogFields, message: string): void => {
      write(
        JSON.stringify({ level: levels[level], time: Date.now(), name, ...plain(fields), msg: message }) +
          '\n',
      );
    };
  return { info: line('info'), warn: line('warn'), error: line('error') };
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
