/** The pages of the dashboard: where each is, what it is called, whose it is, and its code, which is loaded when it is shown. */
import type { IconName } from '@bollard/ui';
import type { Component } from 'svelte';
import type { Live } from './live.svelte';
import type { Me } from './types';

export interface PageProps {
  live: Live;
  user: Me;
  /** what comes behind the page's name in the address */
  rest: readonly string[];
}

export interface Place {
  path: string;
  name: string;
  icon: IconName;
  /** administrators only */
  admin?: boolean;
  /** not in the navigation: one comes to it from elsewhere */
  hidden?: boolean;
  load: () => Promise<{ default: Component<PageProps> }>;
}

export const PLACES: readonly Place[] = [
  { path: '', name: 'Home', icon: 'home', load: () => import('../routes/Home.svelte') },
  { path: 'sessions', name: 'Sessions', icon: 'bolt', load: () => import('../routes/Sessions.svelte') },
  { path: 'reservations', name: 'Reservations', icon: 'clock', load: () => import('../routes/Reservations.svelte') },
  { path: 'tariffs', name: 'Tariffs', icon: 'tag', load: () => import('../routes/Tariffs.svelte') },
  { path: 'people', name: 'People', icon: 'people', admin: true, load: () => import('../routes/People.svelte') },
  { path: 'report', name: 'Report', icon: 'chart', admin: true, load: () => import('../routes/Report.svelte') },
  { path: 'alerts', name: 'Alerts', icon: 'bell', load: () => import('../routes/Alerts.svelte') },
  { path: 'audit', name: 'Audit log', icon: 'log', admin: true, load: () => import('../routes/Audit.svelte') },
  { path: 'settings', name: 'Settings', icon: 'pen', admin: true, load: () => import('../routes/Settings.svelte') },
  { path: 'system', name: 'System', icon: 'gear', load: () => import('../routes/System.svelte') },
  { path: 'charge-points', name: 'Charge point', icon: 'plug', hidden: true, load: () => import('../routes/ChargePoint.svelte') },
  { path: 'add', name: 'Add a charge point', icon: 'plus', hidden: true, load: () => import('../routes/AddChargePoint.svelte') },
];
