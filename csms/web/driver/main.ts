import '@bollard/ui/styles.css';
import { renewWhenOutdated, theme } from '@bollard/ui';
import { mount } from 'svelte';
import App from './App.svelte';
import { language } from '$lib/language.svelte';
import { shell } from '$lib/shell.svelte';

renewWhenOutdated();
theme.apply();
shell.watch();
await language.load();
mount(App, { target: document.getElementById('app')! });
