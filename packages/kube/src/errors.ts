/** `details` of a Kubernetes Status, as far as we read it. */
export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  causes?: { reason?: string; message?: string; field?: string }[];
  retryAfterSeconds?: number;
}

/** A Kubernetes `Status` that says failure: an error body, or the object of a watch's ERROR event. */
export interface FailureStatus {
  code: number;
  reason: string;
  message: string;
  details?: StatusDetails;
}

/** The API server answered, and said no. */
export class ApiError extends Error {
  // Said by each class itself: a bundler's minifier takes the names of classes away.
  override readonly name: string = 'ApiError';
  readonly status: number;
  /** Kubernetes' own word, such as `NotFound` or `AlreadyExists`. */
  readonly reason: string;
  readonly details: StatusDetails;
  /** How long the server asks us to stay away, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(failure: FailureStatus, retryAfter?: number) {
    super(failure.message);
    this.status = failure.code;
    this.reason = failure.reason;
    this.details = failure.details ?? {};
    this.retryAfter = retryAfter;
  }
}

export class UnauthorizedError extends ApiError {
  override readonly name = 'UnauthorizedError';
}
export class ForbiddenError extends ApiError {
  override readonly name = 'ForbiddenError';
}
export class NotFoundError extends ApiError {
  override readonly name = 'NotFoundError';
}
export class AlreadyExistsError extends ApiError {
  override readonly name = 'AlreadyExistsError';
}
/** The object changed since it was read, or a precondition (uid, resourceVersion) failed. */
export class ConflictError extends ApiError {
  override readonly name = 'ConflictError';
}
/** The resource version or the continue token is too old: list again. */
export class GoneError extends ApiError {
  override readonly name = 'GoneError';
}
export class InvalidError extends ApiError {
  override readonly name = 'InvalidError';
}
export class TooManyRequestsError extends ApiError {
  override readonly name = 'TooManyRequestsError';
}
export class ServerError extends ApiError {
  override readonly name = 'ServerError';
}

/** No whole answer: refused, reset, silent, timed out or garbled. The request may have taken effect. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
}

/** Nothing new may be made in a namespace that is being deleted. */
export function isNamespaceTerminating(error: unknown): boolean {
  if (!(error instanceof ForbiddenError)) return false;
  return error.details.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;
}

const classes: Record<number, typeof ApiError> = {
  401: UnauthorizedError,
  403: ForbiddenError,
  404: NotFoundError,
  409: ConflictError,
  410: GoneError,
  422: InvalidError,
  429: TooManyRequestsError,
};

export function apiError(failure: FailureStatus, retryAfter?: number): ApiError {
  if (failure.reason === 'AlreadyExists') return new AlreadyExistsError(failure, retryAfter);
  const Class = classes[failure.code] ?? (failure.code >= 500 ? ServerError : ApiError);
  return new Class(failure, retryAfter);
}

/** True when the same request may well succeed later, with nothing changed by us. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof ConnectionError || error instanceof TooManyRequestsError || error instanceof ServerError
  );
}
