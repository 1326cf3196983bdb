/** Structured logging in pino's form; any pino logger is one. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const ignore = (): void => undefined;

export const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
