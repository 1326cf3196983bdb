/** Where the API server is and how to prove who we are. */
export interface Connection {
  /** `https://host:port`, perhaps with a path. */
  readonly server: string;
  /** The namespace that the configuration names, or that this pod runs in. */
  readonly namespace?: string;
  /** An HTTP(S) or SOCKS5 proxy on the way. */
  readonly proxyUrl?: string;
  /** Asked before every request, so that rotated tokens and certificates are taken up. */
  readonly credentials: () => Promise<Credentials>;
}

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsOptions;
}

export interface TlsOptions {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}
