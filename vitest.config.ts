/** Component and logic tests of the pages: `npm test`. Browser tests are in tests/pages. */
import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  resolve: { alias: { $api: resolve(import.meta.dirname, 'csms/web/api') } }, // as in ui/vite.ts
  test: { include: ['{ui,csms,local_controller,hardware}/**/*.test.ts'], exclude: ['**/node_modules/**', '.venv/**'] },
});
