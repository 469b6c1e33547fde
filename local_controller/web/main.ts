import '@bollard/ui/styles.css';
import { theme } from '@bollard/ui';
import { mount } from 'svelte';
import App from './App.svelte';

theme.apply();
mount(App, { target: document.getElementById('app')! });
