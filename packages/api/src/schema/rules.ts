/** A rule that the API server checks: `x-kubernetes-validations` (Kubernetes' CEL). */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  /** Path below the schema that carries the rule, so that the error names the field: `.running`. */
  readonly fieldPath?: string;
  /** Not FieldValueDuplicate: for that the server leaves the message out. */
  readonly reason?: 'FieldValueInvalid' | 'FieldValueForbidden' | 'FieldValueRequired';
}

/** Metadata for `.meta()`. A second call on the same schema replaces the first one's rules. */
export function rules(...all: readonly (Rule | readonly Rule[])[]): { 'x-kubernetes-validations': Rule[] } {
  return { 'x-kubernetes-validations': all.flat() };
}

/** Metadata for `.meta()` of a list whose items are told apart by these fields. */
export function listMap(...keys: string[]): Record<string, unknown> {
  return { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys };
}

/** Metadata for `.meta()` of a list of scalars that holds each once. */
export const listSet = { 'x-kubernetes-list-type': 'set' };

/** One rule a field, because only then the error can name the field. */
export function immutable(...fields: readonly string[]): Rule[] {
  return fields.map((field) => ({
    rule: `has(self.${field}) == has(oldSelf.${field}) && (!has(self.${field}) || self.${field} == oldSelf.${field})`,
    message: `${field} cannot be changed after creation`,
    fieldPath: `.${field}`,
    reason: 'FieldValueForbidden',
  }));
}

export function exactlyOneOf(...fields: readonly string[]): Rule {
  return { rule: `${count(fields)} == 1`, message: `set exactly one of ${fields.join(', ')}` };
}

export function atLeastOneOf(...fields: readonly string[]): Rule {
  return { rule: `${count(fields)} >= 1`, message: `set at least one of ${fields.join(', ')}` };
}

function count(fields: readonly string[]): string {
  return `[${fields.map((field) => `has(self.${field})`).join(', ')}].filter(set, set).size()`;
}
