export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole request and answer; 30 s by default. */
  readonly timeout?: number | undefined;
}

export interface Selection {
  /** All namespaces without one. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface ListOptions extends Selection {
  readonly limit?: number | undefined;
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan' | undefined;
}

export interface ListResult<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: T[];
}

export interface WatchOptions extends Selection {
  readonly resourceVersion: string;
  readonly signal: AbortSignal;
  readonly allowWatchBookmarks?: boolean | undefined;
  /** When the server is to close the watch. */
  readonly timeoutSeconds?: number | undefined;
  /** Milliseconds without a byte after which the watch counts as dead; no limit without it. */
  readonly idleTimeout?: number | undefined;
}

export interface PatchOptions {
  readonly subresource?: string | undefined;
  readonly fieldManager?: string | undefined;
}

export interface ApplyOptions {
  readonly fieldManager: string;
  /** Take over fields that another manager owns. */
  readonly force?: boolean | undefined;
  readonly subresource?: string | undefined;
}

export interface DeleteOptions {
  /** ConflictError when the object is another by now. */
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan' | undefined;
}
