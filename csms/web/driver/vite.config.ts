import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { page } from '@bollard/ui/vite';
import { mergeConfig, type Plugin } from 'vite';

const folder = import.meta.dirname;

/** Tells the service worker which files the shell is made of, and their common version, so that a new build is a new worker. */
const shellList: Plugin = {
  name: 'shell-list',
  generateBundle(_, bundle) {
    const worker = bundle['worker.js'];
    if (worker?.type !== 'chunk') throw new Error('the service worker is not in the build');
    const kept = readdirSync(join(folder, 'public'));
    const built = Object.keys(bundle).filter((name) => name !== 'worker.js' && !name.endsWith('.map'));
    const files = ['./', ...[...built, ...kept].filter((name) => name !== 'index.html').sort()];
    const digest = createHash('sha256').update(JSON.stringify(files));
    for (const name of kept) digest.update(readFileSync(join(folder, 'public', name)));
    digest.update(readFileSync(join(folder, 'index.html')));
    const code = worker.code
      .replace(/(["'`])__SHELL__\1/, () => JSON.stringify(files))
      .replace('__VERSION__', digest.digest('hex').slice(0, 12));
    if (/__SHELL__|__VERSION__/.test(code)) throw new Error('the service worker was not told what the shell is made of');
    worker.code = code;
  },
};

export default mergeConfig(page(folder, 'http://127.0.0.1:8000'), {
  publicDir: 'public',
  plugins: [shellList],
  build: {
    rollupOptions: {
      input: { index: join(folder, 'index.html'), worker: join(folder, 'worker.ts') },
      output: { entryFileNames: ({ name }: { name: string }) => (name === 'worker' ? 'worker.js' : 'assets/[name]-[hash].js') },
    },
  },
});
