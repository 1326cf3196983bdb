import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { imageValues } from './operator.ts';

describe("the chart's values for an image", () => {
  const cases: Record<string, [repository: string, tag: string]> = {
    'docker.io/hypersdk/operator:1a2b3c': ['docker.io/hypersdk/operator', '1a2b3c'],
    'localhost:5000/operator:1': ['localhost:5000/operator', '1'],
    'localhost:5000/operator': ['localhost:5000/operator', 'latest'],
    'operator:v1@sha256:00ff': ['operator', 'v1@sha256:00ff'],
  };
  for (const [operator, [repository, tag]] of Object.entries(cases)) {
    it(`take ${operator} apart`, () => {
      const values = imageValues({ operator, launcher: 'launcher:1' });
      assert.deepEqual(values, [
        `operator.image.repository=${repository}`,
        `operator.image.tag=${tag}`,
        'launcher.image.repository=launcher',
        'launcher.image.tag=1',
      ]);
    });
  }

  it("are the chart's own where no image is named", () => {
    assert.deepEqual(imageValues(undefined), []);
  });
});
