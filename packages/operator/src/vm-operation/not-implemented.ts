import type { OperationKind } from './kind.ts';
import type { ObservedOperation } from './observed.ts';

const reason = ({ operation }: ObservedOperation): string =>
  `Operation ${operation.spec.operation} is not implemented in this version`;

export const notImplemented: OperationKind = {
  doing: 'Nothing',
  observe: (_context, observed) => observed,
  preflight: (observed) => [{ check: 'operation', ok: false, reason: reason(observed) }],
  supersededBy: [],
  next: ({ observed }) => ({ type: 'failed', message: reason(observed) }),
};
