/** Where the carbon intensity of power comes from, as the chart's value `carbon` says it. */
import { Duration, parseDuration } from '@hypersdk/api';
import * as z from 'zod';

export interface HttpSourceConfig {
  /** `{zone}` stands for the zone. */
  readonly url: string;
  /** Keys and indexes to the number in the JSON answer, with dots between them. */
  readonly path: string;
  readonly header?: { readonly name: string; readonly value: string } | undefined;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

export type CarbonSourceConfig =
  | { readonly type: 'none' }
  /** Grams of CO2 a kilowatt-hour, by zone. */
  | { readonly type: 'static'; readonly zones: Readonly<Record<string, number>> }
  | ({ readonly type: 'http' } & HttpSourceConfig);

export interface CarbonConfig {
  readonly source: CarbonSourceConfig;
  /** Of VMs that name none. */
  readonly defaultZone: string | undefined;
}

const Values = z.object({
  source: z.enum(['none', 'static', 'http']).default('none'),
  defaultZone: z.string().default(''),
  static: z.object({ zones: z.record(z.string(), z.number().min(0)) }).default({ zones: {} }),
  http: z
    .object({
      url: z.string(),
      path: z.string(),
      header: z.object({ name: z.string() }),
      interval: Duration,
      timeout: Duration,
    })
    .optional(),
});

/** `json` is the chart's value, `header` the value of the request header that a Secret holds. Throws on bad ones. */
export function carbonConfig(json: string, header: string | undefined): CarbonConfig {
  const values = Values.parse(JSON.parse(json));
  return { source: sourceOf(values, header), defaultZone: values.defaultZone || undefined };
}

function sourceOf(values: z.infer<typeof Values>, header: string | undefined): CarbonSourceConfig {
  switch (values.source) {
    case 'none':
      return { type: 'none' };
    case 'static':
      return { type: 'static', zones: values.static.zones };
    case 'http':
      return { type: 'http', ...httpSource(values.http, header) };
  }
}

function httpSource(http: z.infer<typeof Values>['http'], header: string | undefined): HttpSourceConfig {
  if (!http || !isHttpUrl(http.url)) throw new Error('carbon.http.url must be an http or https URL');
  return {
    url: http.url,
    path: http.path,
    ...(http.header.name !== '' && { header: { name: http.header.name, value: header ?? '' } }),
    intervalMs: parseDuration(http.interval),
    timeoutMs: parseDuration(http.timeout),
  };
}

function isHttpUrl(url: string): boolean {
  return /^https?:$/.test(URL.parse(url)?.protocol ?? '');
}
