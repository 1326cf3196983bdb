/**
 * Loaded before a program (`node --import`), it kills the program where that is about to take its n-th step; MORTAL_STEP
 * says n.
 */
import { Life } from './life.ts';
import { watchSteps } from './steps.ts';

const life = new Life({
  step: Number(process.env['MORTAL_STEP']),
  kills: true,
  also: () => process.kill(process.pid, 'SIGKILL'),
});
await watchSteps(() => life);
