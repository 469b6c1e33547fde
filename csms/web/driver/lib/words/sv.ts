import type { Words } from './en';

export const sv: Words = {
  // places to go
  nav: 'Huvudmeny', nav_find: 'Hitta', nav_charges: 'Laddningar', nav_scan: 'Skanna', nav_wallet: 'Saldo', nav_me: 'Jag',
  skip: 'Till innehållet', unread: 'olästa', back: 'Tillbaka', close: 'Stäng', loading: 'Ett ögonblick …', show_more: 'Visa fler',
  go_on: 'Vidare', save: 'Spara', saved: 'Sparat.', send: 'Skicka', change: 'Ändra', remove: 'Ta bort', clear: 'Rensa',

  // without a network
  offline: 'Servern kan inte nås.',
  offline_as_of: 'Det du ser är från {at}.',
  offline_no_start: 'Tills den är tillbaka går det inte att starta eller stoppa härifrån; ditt kort vid laddstolpen kanske fungerar.',
  no_answer: 'Servern kan inte nås. Kontrollera anslutningen.',
  answer_lost: 'Inget svar kom. Se efter om det blev gjort innan du försöker igen.',
  too_many: 'Det var för ofta. Vänta ett ögonblick.',

  // in
  login_title: 'Välkommen tillbaka', login_lead: 'Logga in för att ladda.', login: 'Logga in', logout: 'Logga ut',
  register_title: 'Skapa ett konto', register_lead: 'Det tar en minut, sedan kan du ladda.',
  register_credit: 'Det tar en minut, och du får {amount} i saldo.', register: 'Skapa kontot',
  forgot_title: 'Glömt lösenordet?', forgot_lead: 'Vi skickar en länk så att du kan välja ett nytt.', forgot_send: 'Skicka länken',
  forgot_sent: 'Om det finns ett konto med den adressen är länken på väg.',
  to_login: 'Jag har ett konto', to_register: 'Skapa ett konto', to_forgot: 'Glömt lösenordet',
  name: 'Namn', surname: 'Efternamn', email: 'E-post', password: 'Lösenord', password_hint: 'Minst {n} tecken.',
  wrong_password: 'E-post och lösenord stämmer inte.', email_taken: 'Det finns redan ett konto med den e-posten.',

  // find
  find_title: 'Var du kan ladda', map: 'Karta över laddstolpar', zoom_in: 'Närmare', zoom_out: 'Längre bort', you_are_here: 'Du är här',
  search: 'Namn eller plats', near_me: 'Nära mig', filters: 'Filter', free_now: 'Lediga nu', connector_type: 'Kontakt',
  any_type: 'Alla kontakter', power: 'Effekt', any_power: 'All effekt', price: 'Pris', any_price: 'Alla priser',
  no_position: 'Din position är okänd: webbläsaren gav den inte. Laddstolparna visas efter namn.',
  none_fit: 'Ingen passar', none_fit_more: 'Med färre filter syns fler laddstolpar.',
  no_stations: 'Inga laddstolpar ännu', no_stations_more: 'Så snart operatören har en visas den här.',
  nearest_free: 'Närmaste lediga', stations_one: '{n} laddstolpe', stations_many: '{n} laddstolpar',
  price_short: '{price}/kWh', free_of: '{free} av {all} lediga', none_free_of_one: 'inte ledig', none_free_of_many: 'ingen av {n} ledig',

  free_here_one: '{n} ledig kontakt', free_here_many: '{n} lediga kontakter',

  // states
  state_free: 'Ledig', state_reserved: 'Reserverad', state_used: 'Används', state_broken: 'Ur funktion', state_away: 'Kan inte nås',
  state_gone: 'Borttagen', state_unknown: 'Okänt', status_preparing: 'Inkopplad', status_paused: 'Pausad',
  status_finishing: 'Avslutas', status_unavailable: 'Ur drift',

  // a charge point
  connectors: 'Kontakter', connector_n: 'Kontakt {n}', this_is: 'Detta är {name}, kontakt {n}, kod',
  compare_code: 'Står samma kod på laddstolpen?', as_it_was: 'Som det var {at}.',
  no_such_code: 'Ingen kontakt har den koden', no_such_station: 'Laddstolpen finns inte',
  look_again: 'Titta på koden på laddstolpen igen.', scan_again: 'Skanna igen',
  route_there: 'Vägen dit', report_problem: 'Anmäl ett fel', emergency: 'Nödläge: ring {number}',
  start: 'Börja ladda', login_to_start: 'Logga in och ladda', reserve_for: 'Reservera i {n} min', cancel_reservation: 'Avboka reservationen',
  reserved_for_you: 'Reserverad för {name}', reservation_times: 'Kontakt {n}, gjord {from}, till {until}.',
  reservation_pending: 'Laddstolpen är borta och får veta det så snart den är tillbaka.',
  show_charge: 'Visa laddningen', accepted: 'Laddstolpen har tagit emot det.', plug_in_now: 'Koppla in bilen nu. Den har inte startat än.',
  car_is_asked: 'Väntar på bilen. Den har inte startat än.', wait_no_longer: 'Vänta inte längre',
  plugged_in: 'En bil är inkopplad.', credit_is: 'Ditt saldo är {amount}.', top_up: 'Fyll på',
  vehicle: 'Fordon', other_vehicle: 'Ett annat', soc_now: 'Nu cirka {percent} % fullt',
  did_not_start: 'Inget har startat. Är bilen inkopplad? Försök igen eller använd kortet.',
  start_unknown: 'Inget svar kom, så det är okänt om den startar. Titta på laddstolpen; när anslutningen är tillbaka syns det här.',
  point_silent: 'Laddstolpen svarade inte. Titta på den innan du försöker igen.', point_away: 'Laddstolpen är inte ansluten nu. Kortet kanske fungerar.',
  reserved_by_other: 'Någon annan har reserverat kontakten. Inget startades.',
  used_by_other: 'Någon annan använder kontakten. Inget startades.',
  one_reservation: 'Du har redan en reservation. Avboka den först.', no_credit: 'Saldot är slut. Fyll på först.',
  site_away_use_card: 'Platsen saknar förbindelse just nu och laddar på egen hand: kortet fungerar där.',
  point_broken: 'Laddstolpen är ur funktion eller inte ansluten.', out_of_order: 'Kontakten är ur funktion.',

  // prices
  per_kwh: '{price} per kWh', per_hour: '{price} per timmes laddning', per_hour_parked: '{price} per timme när bilen är full',
  per_charge: '{price} per laddning', reserved_flat: '{price} per reservation', reserved_hour: '{price} per timmes reservation',
  idle_grace: 'De första {time} efter laddningen är gratis.', at_least: 'Minst {price}', at_most: 'Högst {price}',
  from_date: 'från {date}', before_date: 'före {date}', if_nobody_comes: 'om ingen kommer',

  // problems
  problem_what: 'Vad som är fel', problem_words: 'Med egna ord', problem_thanks: 'Tack. Operatören har fått veta det.',
  danger_call: 'Vid fara, ring', problem_broken: 'Den fungerar inte', problem_blocked: 'Platsen är blockerad', problem_damaged: 'Den är skadad',
  problem_unsafe: 'Den är farlig', problem_payment: 'Priset eller räkningen', problem_other: 'Något annat',

  // scan
  scan_title: 'Skanna koden', scan_lead: 'Håll koden på laddstolpen i ramen.', camera: 'Kamerans bild',
  other_code: 'Den koden tillhör ingen kontakt.', camera_refused: 'Kameran får inte användas. Tillåt den i webbläsaren eller skriv koden.',
  camera_none: 'Här finns ingen kamera. Skriv koden.', nfc: 'Läs en NFC-dekal', nfc_hold: 'Håll telefonen mot dekalen',
  nfc_failed: 'Dekalen kunde inte läsas.', code_typed: 'Eller skriv koden', code_hint: 'Åtta bokstäver och siffror, under QR-koden.',
  code_shape: 'En kod har åtta bokstäver och siffror.',

  // a charge
  charge: 'Laddning', charging: 'Laddar', paused: 'Pausad', charge_of: 'Laddning {day}', place_connector: '{name}, kontakt {n}', since: 'sedan {time}',
  charging_at: 'Laddar: {name}', reserved_at: 'Reserverad: {name}', time_left: '{left} kvar', no_such_charge: 'Du har ingen sådan laddning',
  now: 'Nu', about: 'cirka', soc_unknown: 'bilen säger inte hur full den är', energy: 'Energi', cost_so_far: 'Kostnad hittills', cost: 'Kostnad',
  time_taken: 'Tid', left_until: 'Kvar till {percent} %', under_a_minute: 'under en minut', battery: 'Batteri',
  paused_more: 'Ingen ström går: bilen ber inte om den, eller platsen har ingen att ge. Det fortsätter av sig självt.',
  paused_by_car: 'Bilen tar ingen ström: den är full eller väntar. Det fortsätter av sig självt.',
  paused_by_site: 'Platsen har ingen ström att ge just nu. Det fortsätter av sig självt.',
  charging_unheard: 'Laddstolpen kan inte nås nu; den laddar vidare. Hördes senast {at}.',
  interrupted: 'Avbruten:', ended: 'Avslutad:', stop: 'Sluta ladda', really_stop: 'Verkligen sluta?', stopping: 'Stoppar …',
  stop_refused: 'Laddstolpen tog inte emot det. Stoppa vid bilen eller med kortet.',
  stop_unknown: 'Inget svar kom, så det är okänt om den stoppar. Titta på laddstolpen.',
  reason_card: 'med kort', reason_app: 'från appen', reason_unplugged: 'kabeln drogs ut', reason_power: 'strömmen bröts',
  reason_emergency: 'nödstoppet trycktes in', reason_refused: 'ditt kort avvisades', reason_restart: 'laddstolpen startade om',
  reason_unlocked: 'kontakten låstes upp', reason_other: 'laddstolpen avslutade den',
  curve: 'Effekt över tid', curve_words: 'Effekt över tid: högst {most} kW, nu {last} kW',
  bill: 'Räkning', total: 'Summa', of_which_vat: 'moms {amount}', receipt: 'Kvitto', receipt_pdf: 'Kvitto som PDF',
  line_ENERGY: 'Energi', line_TIME: 'Laddtid', line_PARKING_TIME: 'Parkering efter laddning', line_FLAT: 'Fast avgift',
  line_MIN_PRICE: 'Upp till lägsta pris', line_MAX_PRICE: 'Ned till högsta pris', line_reservation: 'Reservation:',
  no_charges: 'Inget laddat ännu', no_charges_more: 'Skanna koden på en laddstolpe, så visas din första laddning här.',

  // a limit
  limit: 'Stanna av sig själv', limit_none: 'Nej, jag stoppar', limit_soc_percent: 'Vid en batterinivå', limit_energy_wh: 'Efter så mycket energi',
  limit_cost_cents: 'Vid en kostnad', limit_minutes: 'Efter en tid', limit_ends_at: 'Stannar vid {limit}', limit_no: 'Fortsätter tills du stoppar',
  limit_set: 'Sätt en gräns', limit_reached: 'Din gräns på {limit} är nådd: stoppar …', limit_so_far: '{now} av {limit}',
  limit_passed: 'Den har redan nått dit. Stoppa den eller välj mer.',
  limit_soc_unknown: 'Ingen vet hur fullt batteriet är här. Ange fordon och hur fullt det är, eller välj en annan gräns.',
  reason_limit: 'vid din gräns på {limit}',

  // money
  credit: 'Saldo', held: '{held} är undanlagda för en pågående laddning, {free} är fria.', no_top_up: 'Operatören tar inte emot betalningar i appen.',
  movements: 'Rörelser', no_movements: 'Inga rörelser ännu', movement_charge: 'Laddning', movement_top_up: 'Påfyllning', movement_other: 'Rättelse',
  amount: 'Belopp', amount_other: 'Eller ett annat belopp', go_pay: 'Till betalningen', pay_title: 'Testbetalning',
  pay_sandbox: 'I stället för en bank: denna installation är till för att prova. Säg hur betalningen av {amount} slutar.',
  pay: 'Betala', pay_decline: 'Avvisa', top_up_done: '{amount} finns på ditt konto.', top_up_declined: 'Betalningen avvisades; inget bokfördes.',

  // mine
  hello: 'Hej, {name}', inbox: 'Inkorg', vehicles: 'Fordon', cards: 'Kort', settings: 'Aviseringar och språk', profile: 'Profil och konto',
  inbox_empty: 'Inget nytt', inbox_empty_more: 'När en laddning slutar eller avbryts får du veta det här.',
  no_vehicles: 'Inget fordon ännu', no_vehicles_more: 'Med batteriets storlek kan vi räkna ut hur fullt det är när bilen inte säger det.',
  add_vehicle: 'Lägg till ett fordon', change_vehicle: 'Ändra fordonet', vehicle_name: 'Vad du kallar det', battery_size: 'Batteri, kWh',
  battery_hint: 'Det som kan användas; lämna tomt om du inte vet.', not_said: 'Ej angivet', plate: 'Registreringsnummer', really_remove: 'Verkligen ta bort?',
  no_cards: 'Inget kort ännu', no_cards_more: 'Appen räcker för att ladda. Operatören kan också ge dig ett kort.',
  card_of_app: 'Den här appen', card_of_site: 'Laddningar som startas på en plats egen sida', card_good: 'Giltigt', card_blocked: 'Spärrat', card_expired: 'Gick ut {at}', card_from: 'Giltigt från {at}', card_until: 'Giltigt till {at}',
  cards_more: 'Tappat ett? Be operatören spärra det.',

  // notices
  language_and_colours: 'Språk och färger', language: 'Språk', notices: 'Aviseringar', notice_kind: 'Slag',
  soc_notice: 'Säg till hur fullt batteriet är', soc_from: 'Från {percent} %', balance_notice: 'Säg till när saldot är lågt',
  balance_below: 'Under {amount}', way_inbox: 'Inkorg', way_push: 'Push', way_email: 'E-post',
  kind_session_started: 'En laddning började', kind_session_ended: 'En laddning slutade', kind_session_interrupted: 'En laddning avbröts',
  kind_soc_reached: 'Batteriet är fullt nog', kind_reservation_expiring: 'En reservation går snart ut', kind_low_balance: 'Saldot är lågt',
  push_ask: 'Ska vi säga till på den här enheten när det är klart?', push_yes: 'Ja, säg till', push_on: 'Du får veta på den här enheten när det är klart.',
  push_failed: 'Push går inte här.', push_no: 'Stäng av',

  // account
  password_present: 'Nuvarande lösenord', password_new: 'Nytt lösenord', change_password: 'Byt lösenord',
  password_changed: 'Lösenordet är bytt; alla andra enheter är utloggade.', my_data: 'Mina uppgifter', export: 'Allt som finns sparat om mig',
  delete_account: 'Radera kontot', delete_what: 'Namn, kort och fordon raderas genast. Bokföringen blir kvar, som lagen kräver, utan ditt namn. Det går inte att ångra.',
  give_up: 'Jag avstår från mitt saldo på {amount}.', keep_account: 'Behåll det', delete_for_good: 'Radera för gott',
};
