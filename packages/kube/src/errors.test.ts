import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ForbiddenError, isNamespaceTerminating } from './errors.ts';

it('a refusal because the namespace goes is told from one for want of a right', () => {
  const refusal = { code: 403, reason: 'Forbidden', message: 'no' };
  const causes = [{ reason: 'NamespaceTerminating', field: 'metadata.namespace' }];
  assert.equal(isNamespaceTerminating(new ForbiddenError({ ...refusal, details: { causes } })), true);
  assert.equal(isNamespaceTerminating(new ForbiddenError(refusal)), false);
  assert.equal(isNamespaceTerminating(new Error('no')), false);
});
