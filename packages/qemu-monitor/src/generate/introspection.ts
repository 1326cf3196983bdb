/** The shape of `query-qmp-schema`'s answer; QEMU's qapi/introspect.json. */
export interface CapturedSchema {
  /** Version of the QEMU that was asked. */
  readonly qemu: string;
  readonly entities: readonly Entity[];
}

export type Entity = CommandEntity | EventEntity | TypeEntity;

export interface CommandEntity extends Featured {
  readonly 'meta-type': 'command';
  readonly name: string;
  readonly 'arg-type': string;
  readonly 'ret-type': string;
  readonly 'allow-oob'?: boolean;
}

export interface EventEntity extends Featured {
  readonly 'meta-type': 'event';
  readonly name: string;
  readonly 'arg-type': string;
}

export type TypeEntity = BuiltinEntity | EnumEntity | ArrayEntity | AlternateEntity | ObjectEntity;

export interface BuiltinEntity {
  readonly 'meta-type': 'builtin';
  readonly name: string;
  readonly 'json-type': 'string' | 'number' | 'int' | 'boolean' | 'null' | 'value';
}

export interface EnumEntity {
  readonly 'meta-type': 'enum';
  readonly name: string;
  readonly members: readonly { readonly name: string }[];
}

export interface ArrayEntity {
  readonly 'meta-type': 'array';
  readonly name: string;
  readonly 'element-type': string;
}

export interface AlternateEntity {
  readonly 'meta-type': 'alternate';
  readonly name: string;
  readonly members: readonly { readonly type: string }[];
}

/** With `tag`, a union: the members plus those of the variant that the tag member names. */
export interface ObjectEntity extends Featured {
  readonly 'meta-type': 'object';
  readonly name: string;
  readonly members: readonly Member[];
  readonly tag?: string;
  readonly variants?: readonly { readonly case: string; readonly type: string }[];
}

/** A member with a `default` (always null in QEMU 10) may be left out. */
export interface Member extends Featured {
  readonly name: string;
  readonly type: string;
  readonly default?: null;
}

export interface Featured {
  readonly features?: readonly string[];
}
