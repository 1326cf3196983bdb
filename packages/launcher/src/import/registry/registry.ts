/** A registry of the OCI distribution specification, and how one is let in: none, Basic, or a Bearer token. */
import type { RequestInit, Response } from 'undici';
import * as z from 'zod';
import { ProblemError, TransientError } from '../../problem.ts';
import { downloadFailure, statusFailure } from '../download-failure.ts';
import type { Send } from '../http-client.ts';
import { credentialsFor } from './credentials.ts';
import { registryUrl, type ImageReference } from './reference.ts';

const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/** Milliseconds for a manifest or a token; blobs have their own watchdog. */
const ANSWER_TIMEOUT = 30_000;

export interface RegistryOptions {
  readonly plainHttp: boolean;
  /** Directory of the pull secret. */
  readonly secret: string;
  readonly send: Send;
}

export class Registry {
  readonly #image: ImageReference;
  readonly #url: string;
  readonly #options: RegistryOptions;
  #authorization: string | undefined;

  constructor(image: ImageReference, options: RegistryOptions) {
    this.#image = image;
    this.#url = registryUrl(image, options.plainHttp);
    this.#options = options;
  }

  blobUrl(digest: string): string {
    return `${this.#url}/v2/${this.#image.repository}/blobs/${digest}`;
  }

  /** `fetch` that logs in when it is asked to; fetch itself drops the header on the way to another host. */
  async send(url: string, init: RequestInit): Promise<Response> {
    const response = await this.#request(url, init);
    if (response.status !== 401) return response;
    await response.body?.cancel();
    this.#authorization = await this.#logIn(response, init.signal ?? undefined);
    return this.#request(url, init);
  }

  /** The body of a manifest by tag or digest. Throws ProblemError or TransientError. */
  async manifest(reference: string, accept: readonly string[], signal: AbortSignal): Promise<Buffer> {
    const url = `${this.#url}/v2/${this.#image.repository}/manifests/${reference}`;
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT)]);
    try {
      const response = await this.send(url, { headers: { accept: accept.join(', ') }, signal: bounded });
      if (response.status !== 200) throw statusFailure(response);
      return Buffer.from(await response.arrayBuffer());
    } catch (error) {
      throw signal.aborted ? error : downloadFailure(error, url);
    }
  }

  #request(url: string, init: RequestInit): Promise<Response> {
    const own = this.#authorization === undefined ? {} : { authorization: this.#authorization };
    return this.#options.send(url, {
      ...init,
      headers: { ...(init.headers as Record<string, string>), ...own },
    });
  }

  /** Answers a challenge as "Token Authentication Specification" of the CNCF distribution project has it. */
  async #logIn(response: Response, signal: AbortSignal | undefined): Promise<string> {
    const challenge = response.headers.get('www-authenticate') ?? '';
    const credentials = await credentialsFor(this.#options.secret, this.#image.registry);
    if (/^basic/i.test(challenge) && credentials) return credentials;
    const realm = /realm="([^"]+)"/.exec(challenge)?.[1];
    if (!/^bearer/i.test(challenge) || !realm) throw statusFailure(response);
    const url = new URL(realm);
    for (const name of ['service', 'scope']) {
      const value = new RegExp(`${name}="([^"]+)"`).exec(challenge)?.[1];
      if (value) url.searchParams.set(name, value);
    }
    return `Bearer ${await this.#token(url, credentials, signal)}`;
  }

  async #token(url: URL, credentials: string | undefined, signal: AbortSignal | undefined): Promise<string> {
    // A registry that could send us elsewhere without TLS would learn nothing new, but everybody on the way would.
    if (url.protocol !== 'https:' && !this.#options.plainHttp) {
      const message = `The registry sends for a token to ${url.origin}, which has no TLS.`;
      throw new ProblemError({ reason: 'AccessDenied', message });
    }
    const headers = credentials === undefined ? {} : { authorization: credentials };
    const response = await this.#options.send(url.href, { headers, ...(signal && { signal }) });
    if (response.status !== 200) throw statusFailure(response);
    const { token, access_token } = Token.parse(await response.json());
    const found = token ?? access_token;
    if (found !== undefined) return found;
    throw new TransientError({ reason: 'ServerError', message: `${url.origin} gave no token.` });
  }
}
