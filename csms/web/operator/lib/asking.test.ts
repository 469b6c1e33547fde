import { expect, test } from 'vitest';
import { Asking } from './asking.svelte';

function promised() {
  let resolve = (_: string) => {};
  let reject = (_: Error) => {};
  const promise = new Promise<string>((done, failed) => ([resolve, reject] = [done, failed]));
  return { promise, resolve: (text: string) => resolve(text), reject: (error: Error) => reject(error) };
}

test('what came of one that was overtaken is not told, whenever it ends', async () => {
  const asking = new Asking();
  const first = promised();
  const second = promised();
  const runs = [asking.run(() => first.promise), asking.run(() => second.promise)];
  first.reject(new Error('the network is away'));
  expect(await runs[0]).toBe(false);
  expect([asking.busy, asking.failed]).toEqual([true, '']);
  second.resolve('kept');
  expect(await runs[1]).toBe(true);
  expect([asking.busy, asking.failed, asking.done]).toEqual([false, '', 'kept']);

  const late = promised();
  const overtaken = asking.run(() => late.promise);
  await asking.run(async () => 'newer');
  late.resolve('older');
  await overtaken;
  expect(asking.done).toBe('newer');
});
