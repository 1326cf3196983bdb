/** What a failed request means for the user, and whether another try may help. */
import type { Response } from 'undici';
import { hasCode } from '../files/errno.ts';
import { messageOf, ProblemError, TransientError } from '../problem.ts';

/** The server answered, and not with the content. */
export function statusFailure({ status, statusText, url }: Response): Error {
  const said = `The server answered ${status} ${statusText} for ${url}`;
  if (status >= 500 || TRY_AGAIN.has(status)) {
    return new TransientError({ reason: 'ServerError', message: `${said}.` });
  }
  if (status === 404 || status === 410) {
    return new ProblemError({ reason: 'NotFound', message: `${said}: correct the address.` });
  }
  if (status === 401 || status === 403) {
    return new ProblemError({
      reason: 'AccessDenied',
      message: `${said}: check the address, and who may read it.`,
    });
  }
  return new ProblemError({ reason: 'DownloadFailed', message: `${said}: check the address.` });
}
const TRY_AGAIN = new Set([408, 425, 429]);

/** No answer, or one that broke off. `url` is what was asked for. */
export function downloadFailure(error: unknown, url: string): Error {
  if (error instanceof ProblemError || error instanceof TransientError) return error;
  if (hasCode(error, 'ENOSPC') || hasCode(error, 'EDQUOT')) return noSpace('the volume is full', error);
  // fetch says "fetch failed" and keeps what happened in its cause.
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return networkFailure(cause, new URL(url).host) ?? interrupted(messageOf(cause), error);
}

function networkFailure(cause: unknown, host: string): Error | undefined {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    const message = `The host ${host} is not known (${code}): correct the address, or the cluster's DNS.`;
    return new TransientError({ reason: 'UnknownHost', message }, { cause });
  }
  if (TLS_TROUBLE.test(code)) {
    const message = `No trusted TLS connection to ${host} (${code}): the server needs a certificate for that name from a public authority, or from one in the source's caBundle.`;
    return new ProblemError({ reason: 'TLSFailed', message }, { cause });
  }
  if (!CONNECTING.test(code)) return undefined;
  const message = `There is no connection to ${host} (${code}): check that it runs and can be reached from pods.`;
  return new TransientError({ reason: 'ConnectionFailed', message }, { cause });
}
/** OpenSSL's verdicts on certificates, and what comes of talking to a server without TLS. */
const TLS_TROUBLE = /^(ERR_SSL|ERR_TLS|CERT_|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(GET|VERIFY))|_CERT$/;
const CONNECTING = /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$/;

export const interrupted = (what: string, cause?: unknown): TransientError =>
  new TransientError(
    { reason: 'DownloadInterrupted', message: `The download was interrupted: ${what}.` },
    { cause },
  );

export const noSpace = (what: string, cause?: unknown): ProblemError =>
  new ProblemError(
    { reason: 'NoSpace', message: `Not enough room: ${what}; give the image a larger size.` },
    { cause },
  );
