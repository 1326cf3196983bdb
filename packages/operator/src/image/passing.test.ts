import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { VMTemplateStatus } from '@hypersdk/api';
import { newsPatience } from './passing.ts';

const importing: VMTemplateStatus = { phase: 'Importing', progress: 10, attempts: 1, usageCount: 1 };
const ready: VMTemplateStatus = { phase: 'Ready', progress: 100, usageCount: 1 };

describe("a template's news", () => {
  const rows: [string, VMTemplateStatus | undefined, VMTemplateStatus, number | undefined][] = [
    ['of its first status is told at once', undefined, importing, undefined],
    ['of an import that goes on is told each two seconds', importing, { ...importing, progress: 11 }, 2000],
    ['of an import that begins again is told at once', importing, { ...importing, attempts: 2 }, undefined],
    ['of the end of an import is told at once', importing, ready, undefined],
    ['of how many VMs stand on it is told each ten seconds', ready, { ...ready, usageCount: 2 }, 10_000],
    ['that is none is not waited for', ready, { ...ready }, undefined],
  ];
  for (const [name, before, status, patience] of rows) {
    it(name, () => {
      assert.equal(newsPatience(before, status), patience);
    });
  }
});
