/** Component and logic tests of the pages: `npm test`. Browser tests are in tests/pages. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: { include: ['{ui,csms,local_controller,hardware}/**/*.test.ts'], exclude: ['**/node_modules/**', '.venv/**'] },
});
