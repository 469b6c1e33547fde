import { expect, it } from 'vitest';
import { lookOfState, stateAfter } from './states';
import type { Connector } from './types';

const connector = (status: string, running = false) =>
  ({ status, transaction: running ? { transaction_id: 7 } : null }) as unknown as Connector;
const after = (state: string, online: boolean, ...connectors: Connector[]) => stateAfter({ state, online, connectors });

it('is free while one connector is', () => {
  expect(after('Used', true, connector('Charging'), connector('Available'))).toBe('Free');
});

it('is in use before it is reserved, and reserved before it is broken', () => {
  expect(after('Free', true, connector('Reserved'), connector('Finishing'))).toBe('Used');
  expect(after('Free', true, connector('Reserved'), connector('Faulted'))).toBe('Reserved');
  expect(after('Free', true, connector('Faulted'), connector('Unavailable'))).toBe('Broken');
});

it('is in use while a transaction runs, whatever the connector says', () => {
  expect(after('Free', true, connector('Faulted', true))).toBe('Used');
});

it('leaves alone what a status cannot tell', () => {
  expect(after('SiteNotReachable', false, connector('Available'))).toBe('SiteNotReachable');
  expect(after('Dismissed', true, connector('Available'))).toBe('Dismissed');
  expect(after('Undefined', true, connector('Undefined'))).toBe('Undefined');
});

it('has a look for a state that it does not know', () => {
  expect(lookOfState('Melted').label).toBe('Never seen');
});
