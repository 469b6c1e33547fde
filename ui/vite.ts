/** The one build recipe of our pages: relative addresses, hashed files, nothing inlined (the pages run under a strict CSP). */
import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type UserConfig } from 'vite';

/**
 * @param folder  the app's own folder, which holds index.html
 * @param backend where `npm run dev` sends /api; `BACKEND=http://host:port` in the environment overrides it
 */
export function page(folder: string, backend: string): UserConfig {
  return defineConfig({
    root: folder,
    base: './',
    publicDir: false,
    plugins: [svelte()],
    resolve: { alias: { $lib: resolve(folder, 'lib'), $api: resolve(folder, '../api') } }, // $api: of the pages in csms/web
    build: { outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    server: { proxy: { '/api': process.env['BACKEND'] ?? backend } },
  });
}
