import type { Words } from './en';

export const it: Words = {
  // places to go
  nav: 'Principale', nav_find: 'Trova', nav_charges: 'Ricariche', nav_scan: 'Scansiona', nav_wallet: 'Credito', nav_me: 'Io',
  skip: 'Vai al contenuto', unread: 'da leggere', back: 'Indietro', close: 'Chiudi', loading: 'Un momento …', show_more: 'Mostra altro',
  go_on: 'Avanti', save: 'Salva', saved: 'Salvato.', send: 'Invia', change: 'Modifica', remove: 'Rimuovi', clear: 'Azzera',

  // without a network
  offline: 'Il server non è raggiungibile.',
  offline_as_of: 'Quello che vedi risale a: {at}.',
  offline_no_start: 'Finché non torna, da qui non si può avviare né fermare; la tessera alla colonnina forse sì.',
  no_answer: 'Il server non è raggiungibile. Controlla la connessione.',
  answer_lost: 'Non è arrivata risposta. Prima di riprovare guarda se è stato fatto.',
  too_many: 'Troppi tentativi. Attendi un momento.',

  // in
  login_title: 'Bentornato', login_lead: 'Accedi per ricaricare.', login: 'Accedi', logout: 'Esci',
  register_title: 'Crea un account', register_lead: 'Basta un minuto, poi puoi ricaricare.',
  register_credit: 'Basta un minuto, e ricevi {amount} di credito.', register: 'Crea l’account',
  forgot_title: 'Password dimenticata?', forgot_lead: 'Ti mandiamo un link per impostarne una nuova.', forgot_send: 'Invia il link',
  forgot_sent: 'Se esiste un account con questo indirizzo, il link è in arrivo.',
  to_login: 'Ho già un account', to_register: 'Crea un account', to_forgot: 'Password dimenticata',
  name: 'Nome', surname: 'Cognome', email: 'E-mail', password: 'Password', password_hint: 'Almeno {n} caratteri.',
  wrong_password: 'E-mail e password non corrispondono.', email_taken: 'Esiste già un account con questa e-mail.',

  // find
  find_title: 'Dove ricaricare', map: 'Mappa delle colonnine', zoom_in: 'Avvicina', zoom_out: 'Allontana', you_are_here: 'Sei qui',
  search: 'Nome o luogo', near_me: 'Vicino a me', filters: 'Filtri', free_now: 'Libere ora', connector_type: 'Connettore',
  any_type: 'Ogni connettore', power: 'Potenza', any_power: 'Ogni potenza', price: 'Prezzo', any_price: 'Ogni prezzo',
  no_position: 'La tua posizione non è nota: il browser non l’ha data. Le colonnine sono in ordine di nome.',
  none_fit: 'Nessuna corrisponde', none_fit_more: 'Con meno filtri ne vedi di più.',
  no_stations: 'Ancora nessuna colonnina', no_stations_more: 'Appena il gestore ne ha una, appare qui.',
  nearest_free: 'La più vicina libera', stations_one: '{n} colonnina', stations_many: '{n} colonnine',
  price_short: '{price}/kWh', free_of: '{free} di {all} liberi', none_free_of_one: 'non libero', none_free_of_many: 'nessuno di {n} libero',

  free_here_one: '{n} connettore libero', free_here_many: '{n} connettori liberi',

  // states
  state_free: 'Libera', state_reserved: 'Prenotata', state_used: 'In uso', state_broken: 'Guasta', state_away: 'Non raggiungibile',
  state_gone: 'Rimossa', state_unknown: 'Non noto', status_preparing: 'Collegata', status_paused: 'In pausa',
  status_finishing: 'In conclusione', status_unavailable: 'Fuori servizio',

  // a charge point
  connectors: 'Connettori', connector_n: 'Connettore {n}', this_is: 'Questa è {name}, connettore {n}, codice',
  compare_code: 'È lo stesso sulla colonnina?', as_it_was: 'Com’era: {at}.',
  no_such_code: 'Nessun connettore ha questo codice', no_such_station: 'Questa colonnina non esiste',
  look_again: 'Guarda di nuovo il codice sulla colonnina.', scan_again: 'Scansiona di nuovo',
  route_there: 'Come arrivarci', report_problem: 'Segnala un problema', emergency: 'Emergenza: chiama il {number}',
  start: 'Avvia la ricarica', login_to_start: 'Accedi e ricarica', reserve_for: 'Prenota per {n} min', cancel_reservation: 'Annulla la prenotazione',
  reserved_for_you: 'Prenotata per {name}', reservation_times: 'Connettore {n}, dalle {from} fino alle {until}.',
  reservation_pending: 'La colonnina non è collegata: lo saprà appena torna.',
  show_charge: 'Mostra la ricarica', accepted: 'La colonnina ha accettato.', plug_in_now: 'Collega ora l’auto. Non è ancora partita.',
  car_is_asked: 'In attesa dell’auto. Non è ancora partita.', wait_no_longer: 'Non aspettare oltre',
  plugged_in: 'Un’auto è collegata.', credit_is: 'Il tuo credito è {amount}.', top_up: 'Ricarica il credito',
  vehicle: 'Veicolo', other_vehicle: 'Un altro', soc_now: 'Ora al {percent} % circa',
  did_not_start: 'Non è partito nulla. L’auto è collegata? Riprova, o usa la tessera.',
  start_unknown: 'Non è arrivata risposta: non si sa se parte. Guarda la colonnina; appena torna la connessione lo vedi qui.',
  point_silent: 'La colonnina non ha risposto. Guardala prima di riprovare.', point_away: 'La colonnina ora non è collegata. La tessera forse funziona.',
  reserved_by_other: 'Qualcun altro ha prenotato questo connettore. Non è stato avviato nulla.',
  used_by_other: 'Qualcun altro usa questo connettore. Non è stato avviato nulla.',
  one_reservation: 'Hai già una prenotazione. Prima annulla quella.', no_credit: 'Non c’è più credito. Prima ricaricalo.',
  site_away_use_card: 'Questo sito ora è senza collegamento e ricarica da solo: lì la tessera funziona.',
  point_broken: 'Questa colonnina è guasta o non collegata.', out_of_order: 'Questo connettore è guasto.',

  // prices
  per_kwh: '{price} al kWh', per_hour: '{price} all’ora di ricarica', per_hour_parked: '{price} all’ora dopo la fine della ricarica',
  per_charge: '{price} a ricarica', reserved_flat: '{price} a prenotazione', reserved_hour: '{price} all’ora di prenotazione',
  idle_grace: 'I primi {time} dopo la ricarica sono gratis.', at_least: 'Almeno {price}', at_most: 'Al massimo {price}',
  from_date: 'dal {date}', before_date: 'prima del {date}', if_nobody_comes: 'se non viene nessuno',

  // problems
  problem_what: 'Che cosa non va', problem_words: 'A parole tue', problem_thanks: 'Grazie. Il gestore è stato avvisato.',
  danger_call: 'In pericolo chiama il', problem_broken: 'Non funziona', problem_blocked: 'Il posto è occupato', problem_damaged: 'È danneggiata',
  problem_unsafe: 'È pericolosa', problem_payment: 'Il prezzo o il conto', problem_other: 'Altro',

  // scan
  scan_title: 'Scansiona il codice', scan_lead: 'Inquadra il codice sulla colonnina.', camera: 'Immagine della fotocamera',
  other_code: 'Questo codice non è di un connettore.', camera_refused: 'La fotocamera non è permessa. Consentila nel browser, o scrivi il codice.',
  camera_none: 'Qui non c’è una fotocamera. Scrivi il codice.', nfc: 'Leggi un adesivo NFC', nfc_hold: 'Avvicina il telefono all’adesivo',
  nfc_failed: 'L’adesivo non è stato letto.', code_typed: 'Oppure scrivi il codice', code_hint: 'Otto lettere e cifre, sotto il codice QR.',
  code_shape: 'Un codice ha otto lettere e cifre.',

  // a charge
  charge: 'Ricarica', charging: 'In carica', paused: 'In pausa', charge_of: 'Ricarica di {day}', place_connector: '{name}, connettore {n}', since: 'dalle {time}',
  charging_at: 'In carica: {name}', reserved_at: 'Prenotata: {name}', time_left: 'ancora {left}', no_such_charge: 'Non hai questa ricarica',
  now: 'Ora', about: 'circa', soc_unknown: 'l’auto non dice quanto è carica', energy: 'Energia', cost_so_far: 'Costo finora', cost: 'Costo',
  time_taken: 'Tempo', left_until: 'Manca fino al {percent} %', under_a_minute: 'meno di un minuto', battery: 'Batteria',
  paused_more: 'Non passa corrente: l’auto non la chiede, o il sito non ne ha. Riprende da sola.',
  paused_by_car: 'L’auto non prende corrente: è carica, o aspetta. Riprende da sola.',
  paused_by_site: 'Il sito ora non ha corrente da dare. Riprende da sola.',
  charging_unheard: 'La colonnina ora non è raggiungibile; continua a caricare. Sentita {at}.',
  interrupted: 'Interrotta:', ended: 'Finita:', stop: 'Ferma la ricarica', really_stop: 'Fermare davvero?', stopping: 'Si ferma …',
  stop_refused: 'La colonnina non ha accettato. Ferma dall’auto o con la tessera.',
  stop_unknown: 'Non è arrivata risposta: non si sa se si ferma. Guarda la colonnina.',
  reason_card: 'con la tessera', reason_app: 'dall’app', reason_unplugged: 'il cavo è stato staccato', reason_power: 'è mancata la corrente',
  reason_emergency: 'è stato premuto l’arresto d’emergenza', reason_refused: 'la tua tessera è stata rifiutata', reason_restart: 'la colonnina si è riavviata',
  reason_unlocked: 'il connettore è stato sbloccato', reason_other: 'l’ha terminata la colonnina',
  curve: 'Potenza nel tempo', curve_words: 'Potenza nel tempo: al massimo {most} kW, ora {last} kW',
  bill: 'Conto', total: 'Totale', of_which_vat: 'IVA {amount}', receipt: 'Ricevuta', receipt_pdf: 'Ricevuta in PDF',
  line_ENERGY: 'Energia', line_TIME: 'Tempo di ricarica', line_PARKING_TIME: 'Sosta dopo la ricarica', line_FLAT: 'Quota fissa',
  line_MIN_PRICE: 'Fino al prezzo minimo', line_MAX_PRICE: 'Fino al prezzo massimo', line_reservation: 'Prenotazione:',
  no_charges: 'Ancora nessuna ricarica', no_charges_more: 'Scansiona il codice su una colonnina: la prima ricarica appare qui.',

  // a limit
  limit: 'Fermarsi da sola', limit_none: 'No, la fermo io', limit_soc_percent: 'A un livello della batteria',
  limit_energy_wh: 'Dopo una certa energia', limit_cost_cents: 'A un certo costo', limit_minutes: 'Dopo un certo tempo',
  limit_ends_at: 'Si ferma a {limit}', limit_no: 'Continua finché non la fermi', limit_set: 'Imposta un limite',
  limit_reached: 'Raggiunto il tuo limite di {limit}: si ferma …', limit_so_far: '{now} di {limit}',
  limit_passed: 'È già arrivata lì. Fermala, o scegli di più.',
  limit_soc_unknown: 'Qui nessuno sa quanto è carica la batteria. Di’ il veicolo e quanto è carico, o scegli un altro limite.',
  reason_limit: 'al tuo limite di {limit}',

  // money
  credit: 'Credito', held: '{held} sono riservati per una ricarica in corso, {free} sono liberi.', no_top_up: 'Questo gestore non accetta pagamenti nell’app.',
  movements: 'Movimenti', no_movements: 'Ancora nessun movimento', movement_charge: 'Ricarica', movement_top_up: 'Versamento', movement_other: 'Correzione',
  amount: 'Importo', amount_other: 'O un altro importo', go_pay: 'Vai al pagamento', pay_title: 'Pagamento di prova',
  pay_sandbox: 'Al posto di una banca: questa installazione è per provare. Di’ come finisce il pagamento di {amount}.',
  pay: 'Paga', pay_decline: 'Rifiuta', top_up_done: '{amount} sono sul tuo conto.', top_up_declined: 'Il pagamento è stato rifiutato; nulla è stato registrato.',

  // mine
  hello: 'Ciao, {name}', inbox: 'Messaggi', vehicles: 'Veicoli', cards: 'Tessere', settings: 'Notifiche e lingua', profile: 'Profilo e account',
  inbox_empty: 'Niente di nuovo', inbox_empty_more: 'Quando una ricarica finisce o si interrompe, lo leggi qui.',
  no_vehicles: 'Ancora nessun veicolo', no_vehicles_more: 'Con la capacità della batteria possiamo stimare la carica quando l’auto non la dice.',
  add_vehicle: 'Aggiungi un veicolo', change_vehicle: 'Modifica il veicolo', vehicle_name: 'Come lo chiami', battery_size: 'Batteria, kWh',
  battery_hint: 'Quella utilizzabile; lascia vuoto se non la sai.', not_said: 'Non detto', plate: 'Targa', really_remove: 'Rimuovere davvero?',
  no_cards: 'Ancora nessuna tessera', no_cards_more: 'Per ricaricare basta l’app. Il gestore può darti anche una tessera.',
  card_of_app: 'Questa app', card_of_site: 'Ricariche avviate dalla pagina di un sito', card_good: 'Valida', card_blocked: 'Bloccata', card_expired: 'Scaduta: {at}', card_from: 'Valida dal {at}', card_until: 'Valida fino al {at}',
  cards_more: 'Ne hai persa una? Chiedi al gestore di bloccarla.',

  // notices
  language_and_colours: 'Lingua e colori', language: 'Lingua', notices: 'Notifiche', notice_kind: 'Tipo',
  soc_notice: 'Dimmi quanto è carica la batteria', soc_from: 'Dal {percent} % in su', balance_notice: 'Dimmi quando il credito è basso',
  balance_below: 'Sotto {amount}', way_inbox: 'Messaggi', way_push: 'Push', way_email: 'Mail',
  kind_session_started: 'Una ricarica è iniziata', kind_session_ended: 'Una ricarica è finita', kind_session_interrupted: 'Una ricarica è stata interrotta',
  kind_soc_reached: 'La batteria è abbastanza carica', kind_reservation_expiring: 'Una prenotazione sta per finire', kind_low_balance: 'Il credito è basso',
  push_ask: 'Ti avvisiamo su questo dispositivo quando ha finito?', push_yes: 'Sì, avvisami', push_on: 'Ti avvisiamo su questo dispositivo quando ha finito.',
  push_failed: 'Qui i messaggi push non sono possibili.', push_no: 'Disattiva',

  // account
  password_present: 'Password attuale', password_new: 'Nuova password', change_password: 'Cambia la password',
  password_changed: 'La password è cambiata; ogni altro dispositivo è uscito.', my_data: 'I miei dati', export: 'Tutto ciò che si conserva di me',
  delete_account: 'Elimina l’account', delete_what: 'Nome, tessere e veicoli sono eliminati subito. I movimenti restano, come chiede la legge, senza il tuo nome. Non si può annullare.',
  give_up: 'Rinuncio al mio credito di {amount}.', keep_account: 'Tienilo', delete_for_good: 'Elimina per sempre',
};
