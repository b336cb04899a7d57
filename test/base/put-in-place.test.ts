import { expect, test } from 'vitest';
import { patientRename, syncFolder } from '../../src/base/put-in-place.ts';

/** A rename that fails so many times before it works. */
function held(times: number, code: string): { readonly attempt: () => Promise<void>; tries: () => number } {
  let tries = 0;
  const attempt = async () => {
    tries += 1;
    if (tries <= times) throw Object.assign(new Error(code), { code });
  };
  return { attempt, tries: () => tries };
}

test.each(['EPERM', 'EBUSY', 'EACCES'])(
  'on Windows a file that something holds (%s) is tried again',
  async (code) => {
    const { attempt, tries } = held(3, code);
    await patientRename('a', 'b', attempt, 'win32');
    expect(tries()).toBe(4);
  },
);

test('elsewhere, and for other reasons, it fails at once', async () => {
  for (const [code, system] of [
    ['EPERM', 'linux'],
    ['ENOSPC', 'win32'],
  ] as const) {
    const { attempt, tries } = held(1, code);
    await expect(patientRename('a', 'b', attempt, system)).rejects.toMatchObject({ code });
    expect(tries()).toBe(1);
  }
});

test.runIf(process.platform === 'linux')(
  'a folder that its file system cannot sync is no error',
  async () => {
    await expect(syncFolder('/proc')).resolves.toBeUndefined();
    await expect(syncFolder('/proc/no/such/folder')).rejects.toThrow('ENOENT');
  },
);
