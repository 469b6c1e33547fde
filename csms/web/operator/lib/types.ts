/** What the API of the CSMS sends, by the names this page uses. */
import type { Schemas } from '$api/client';

export type User = Schemas['User'];
export type Me = Schemas['Me'];
export type ChargePoint = Schemas['ChargePointView'];
export type Connector = Schemas['ConnectorView'];
export type Session = Schemas['Session'];
export type Card = Schemas['CardView'];
export type Quarantined = Schemas['Quarantined'];
export type Site = Schemas['Site'];
