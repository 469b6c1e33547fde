import '@bollard/ui/styles.css';
import { renewWhenOutdated, theme } from '@bollard/ui';
import { mount } from 'svelte';
import App from './App.svelte';

renewWhenOutdated();
theme.apply();
mount(App, { target: document.getElementById('app')! });
