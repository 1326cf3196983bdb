import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProblemError, TransientError } from '../../problem.ts';
import { diskFailure } from './image-failure.ts';
import { ToolError } from '../process/tool.ts';

/** As qemu-img 10.0 says it. */
const cases = [
  { said: 'error while writing at byte 0: No space left on device', reason: 'NoSpace', permanent: true },
  { said: 'error while writing at byte 0: Disk quota exceeded', reason: 'NoSpace', permanent: true },
  { said: "Could not open 'd': Image is not in qcow2 format", reason: 'DiskCorrupt', permanent: true },
  {
    said: "Could not open 'd': Could not read qcow2 header: Invalid argument",
    reason: 'DiskCorrupt',
    permanent: true,
  },
  { said: "Could not open 'd': Unsupported cluster size: 2^0", reason: 'DiskCorrupt', permanent: true },
  {
    said: "Could not open backing file: Could not open 'g': No such file or directory",
    reason: 'ImageMissing',
    permanent: true,
  },
  { said: "Could not open 'd': Permission denied", reason: 'VolumeNotWritable', permanent: true },
  {
    said: 'Failed to get shared "write" lock\nIs another process using the image [d]?',
    reason: 'DiskInUse',
    permanent: false,
  },
  { said: 'Could not read image: Input/output error', reason: 'DiskError', permanent: false },
];

describe('diskFailure', () => {
  for (const { said, reason, permanent } of cases) {
    it(`calls "${said.split('\n')[0] ?? ''}" ${reason}`, () => {
      const error = diskFailure('root', new ToolError('qemu-img', 1, `qemu-img: ${said}`));
      assert.ok(error instanceof (permanent ? ProblemError : TransientError));
      const { problem } = error;
      assert.equal(problem.reason, reason);
      assert.equal(problem.disk, 'root');
      assert.ok(problem.message.includes(said), 'the message keeps what qemu-img said');
    });
  }

  it('knows a full volume by its errno, too', () => {
    const error = diskFailure('root', Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
    assert.ok(error instanceof ProblemError && error.problem.reason === 'NoSpace');
  });

  it('leaves a problem that is one already', () => {
    const error = new ProblemError({ reason: 'UnsafeImage', message: 'no' });
    assert.equal(diskFailure('root', error), error);
  });
});
