/** Holds types.ts to the API: what its OpenAPI document promises must fit what the app reads, or the type check fails. */
import type { Schemas } from '$api/client';
import type * as T from './types';

type Fits<_Promised extends Read, Read> = true;

/** In the document a field that has a default may be missing from what is sent; an answer has them all. */
type Whole<A> = A extends (infer E)[] ? Whole<E>[] : A extends object ? { [K in keyof A]-?: Whole<Exclude<A[K], undefined>> } : A;

export type Checks = [
  Fits<Whole<Schemas['About']>, T.About>,
  Fits<Whole<Schemas['Balance']>, T.Balance>,
  Fits<Whole<Schemas['Battery']>, T.Battery>,
  Fits<Whole<Schemas['Bill']>, T.Bill>,
  Fits<Whole<Schemas['Card']>, T.Card>,
  Fits<Whole<Schemas['Charging']>, T.Charging>,
  Fits<Whole<Schemas['ConnectorType']>, T.ConnectorType>,
  Fits<Whole<Schemas['ChargeLimit']>, T.Limit>,
  Fits<Whole<Schemas['Me']>, Omit<T.Me, 'role'>>,
  Fits<Whole<Schemas['InboxNotice']>, T.Notice>,
  Fits<Whole<Schemas['Movement']>, T.Movement>,
  Fits<Whole<Schemas['Reservation']>, T.Reservation>,
  Fits<Whole<Schemas['Session']>, T.Session>,
  Fits<Whole<Schemas['SessionWithSamples']>, T.SessionWithSamples>,
  // words of a closed set travel as plain strings
  Fits<Whole<Schemas['Station']>, Omit<T.Station, 'state' | 'connectors'>>,
  Fits<Whole<Schemas['StationConnector']>, Omit<T.Connector, 'availability'>>,
  Fits<Whole<Schemas['Subscription']>, T.Subscription>,
  Fits<Whole<Schemas['TopUp']>, Omit<T.TopUp, 'state'>>,
  Fits<Whole<Schemas['Vehicle']>, T.Vehicle>,
];
