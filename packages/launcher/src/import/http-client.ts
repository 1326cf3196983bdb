import { X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';
// Not Node's own copy: in that, a server that closes while we write to disk ends the process (nodejs/undici#5360).
import { Agent, fetch, type RequestInit, type Response } from 'undici';
import { messageOf, ProblemError } from '../problem.ts';

/** `fetch`, or one that knows how to be let in. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** Believes servers that the bundle's authorities have certified, beside the public ones. Throws ProblemError. */
export function httpClient(caBundle: string | undefined): Send {
  const ca = caBundle === undefined ? undefined : [...getCACertificates(), ...certificates(caBundle)];
  const dispatcher = new Agent({ connect: { ...(ca && { ca }) } });
  return (url, init) => fetch(url, { ...init, dispatcher });
}

function certificates(bundle: string): string[] {
  const all = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    if (all.length === 0) throw new Error('there is no whole certificate in it');
    // TLS itself would leave out silently what it cannot read.
    for (const pem of all) new X509Certificate(pem);
    return all;
  } catch (cause) {
    const message = `The source's caBundle is no list of certificates in PEM: ${messageOf(cause)}.`;
    throw new ProblemError({ reason: 'InvalidCABundle', message }, { cause });
  }
}
