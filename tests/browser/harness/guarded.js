// Programs that end when the tests do, however those end: a shell reads a pipe that we hold open.
import { spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { eventually } from './eventually.js';

const GUARD = '"$@" </dev/null & it=$!; cat >/dev/null; kill -TERM "$it" 2>/dev/null; wait "$it"';

/**
 * Starts a program; what it says goes into the file `log`. Answers once `isReady`, which is given what was said so far, is
 * true. `stop` ends the program in good order.
 */
export async function guarded({ program, args, env, log, isReady }) {
  const file = openSync(log, 'w');
  const child = spawn('/bin/sh', ['-c', GUARD, 'guard', program, ...args], { env, stdio: ['pipe', file, file] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    child.stdin.end();
    await ended;
  };
  const said = () => readFileSync(log, 'utf8');
  try {
    await eventually(`${args[0]} is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`${args[0]} has ended:\n${said()}`);
      return isReady(said());
    });
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${said()}`);
  }
  return { stop };
}
