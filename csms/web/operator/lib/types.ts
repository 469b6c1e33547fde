/** What the API of the CSMS sends, by the names this page uses. */
import type { Schemas } from '$api/client';

export type User = Schemas['User'];
export type Me = Schemas['Me'];
export type ChargePoint = Schemas['ChargePointView'];
export type Connector = Schemas['ConnectorView'];
export type Session = Schemas['Session'];
export type Card = Schemas['CardView'];
export type Quarantined = Schemas['Quarantined'];
export type Overview = Schemas['Overview'];
export type Site = Schemas['Site'];
export type ConnectorType = Schemas['ConnectorType'];
export type Exchange = Schemas['Exchange'];
export type ConfigurationKey = Schemas['ConfigurationKey'];
export type Upload = Schemas['UploadView'];
export type SessionWithSamples = Schemas['SessionWithSamples'];
export type Sample = Schemas['SeriesPoint'];
export type Bill = Schemas['Bill'];
export type BillLine = Schemas['Line'];
