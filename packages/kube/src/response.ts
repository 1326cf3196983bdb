import type { Dispatcher } from 'undici';
import { apiError, type ApiError, type FailureStatus, type StatusDetails } from './errors.ts';
import { connectionError, type HttpRequest } from './transport.ts';

/** The JSON body of a success; throws the ApiError of a failure, and ConnectionError for half a body. */
export async function readJson(request: HttpRequest, response: Dispatcher.ResponseData): Promise<unknown> {
  if (response.statusCode >= 400) throw await failure(request, response);
  try {
    return await response.body.json();
  } catch (error) {
    throw connectionError(request, error);
  }
}

export async function failure(request: HttpRequest, response: Dispatcher.ResponseData): Promise<ApiError> {
  const text = await response.body.text().catch((error: unknown) => {
    throw connectionError(request, error);
  });
  const status = statusOf(text, response.statusCode);
  return apiError(
    { ...status, message: `${request.method} ${request.path}: ${status.message}` },
    retryAfter(response, status.details),
  );
}

/** Proxies and an API server that shuts down answer with something else than a Status. */
function statusOf(text: string, code: number): FailureStatus {
  const status = parseStatus(text);
  return {
    code,
    reason: status?.reason ?? 'Unknown',
    message: status?.message ?? `HTTP ${code} ${text.slice(0, 200)}`.trim(),
    ...(status?.details && { details: status.details }),
  };
}

export interface Status {
  kind: 'Status';
  code?: number;
  reason?: string;
  message?: string;
  details?: StatusDetails;
}

function parseStatus(text: string): Status | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isStatus(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isStatus(value: unknown): value is Status {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status';
}

function retryAfter(response: Dispatcher.ResponseData, details?: StatusDetails): number | undefined {
  const seconds = Number(response.headers['retry-after'] ?? details?.retryAfterSeconds);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}
