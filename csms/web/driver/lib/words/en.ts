/** What the app says. The other languages have the same keys, which the type check holds them to. */
export const en = {
  // places to go
  nav: 'Main', nav_find: 'Find', nav_charges: 'Charges', nav_scan: 'Scan', nav_wallet: 'Wallet', nav_me: 'Me',
  skip: 'To the content', unread: 'unread', back: 'Back', close: 'Close', loading: 'One moment …', show_more: 'Show more',
  go_on: 'Go on', save: 'Save', saved: 'Saved.', send: 'Send', change: 'Change', remove: 'Remove', clear: 'Clear',

  // without a network
  offline: 'The server cannot be reached.',
  offline_as_of: 'What you see is from {at}.',
  offline_no_start: 'Starting and stopping from here does not work until it is back; your card at the charge point may.',
  no_answer: 'The server cannot be reached. Check the connection.',
  answer_lost: 'No answer came. Look whether it was done before you try again.',
  too_many: 'That was too often. Please wait a moment.',

  // in
  login_title: 'Welcome back', login_lead: 'Log in to charge.', login: 'Log in', logout: 'Log out',
  register_title: 'Make an account', register_lead: 'It takes a minute; then you can charge.',
  register_credit: 'It takes a minute, and {amount} of credit come with it.', register: 'Make the account',
  forgot_title: 'Forgotten your password?', forgot_lead: 'We send you a link to set a new one.', forgot_send: 'Send the link',
  forgot_sent: 'If there is an account with this address, the link is on its way.',
  to_login: 'I have an account', to_register: 'Make an account', to_forgot: 'Forgotten password',
  name: 'Name', surname: 'Surname', email: 'E-mail', password: 'Password', password_hint: 'At least {n} characters.',
  wrong_password: 'This e-mail and password do not match.', email_taken: 'There is an account with this e-mail already.',

  // find
  find_title: 'Where to charge', map: 'Map of charge points', zoom_in: 'Closer', zoom_out: 'Further away', you_are_here: 'You are here',
  search: 'Name or place', near_me: 'Near me', filters: 'Filters', free_now: 'Free now', connector_type: 'Connector',
  any_type: 'Any connector', power: 'Power', any_power: 'Any power', price: 'Price', any_price: 'Any price',
  no_position: 'Your position is not known: the browser did not give it. Charge points are shown by name.',
  none_fit: 'None fits', none_fit_more: 'Fewer filters show more charge points.',
  no_stations: 'No charge points yet', no_stations_more: 'As soon as the operator has one, it is shown here.',
  nearest_free: 'The nearest free one', stations_one: '{n} charge point', stations_many: '{n} charge points',
  price_short: '{price}/kWh', free_of: '{free} of {all} free', none_free_of_one: 'not free', none_free_of_many: 'none of {n} free',

  free_here_one: '{n} free connector', free_here_many: '{n} free connectors',

  // states
  state_free: 'Free', state_reserved: 'Reserved', state_used: 'In use', state_broken: 'Out of order', state_away: 'Not reachable',
  state_gone: 'Taken away', state_unknown: 'Not known', status_preparing: 'Plugged in', status_paused: 'Paused',
  status_finishing: 'Finishing', status_unavailable: 'Out of service',

  // a charge point
  connectors: 'Connectors', connector_n: 'Connector {n}', this_is: 'This is {name}, connector {n}, code',
  compare_code: 'Is the same on the charge point?', as_it_was: 'As it was at {at}.',
  no_such_code: 'No connector has this code', no_such_station: 'There is no such charge point',
  look_again: 'Please look at the code on the charge point again.', scan_again: 'Scan again',
  route_there: 'The way there', report_problem: 'Report a problem', emergency: 'Emergency: call {number}',
  start: 'Start charging', login_to_start: 'Log in and charge', reserve_for: 'Reserve for {n} min', cancel_reservation: 'Cancel the reservation',
  reserved_for_you: 'Reserved for {name}', reservation_times: 'Connector {n}, made at {from}, until {until}.',
  reservation_pending: 'The charge point is away and is told as soon as it is back.',
  show_charge: 'Show the charge', accepted: 'The charge point has taken the order.', plug_in_now: 'Plug your car in now. It has not started yet.',
  car_is_asked: 'Waiting for the car. It has not started yet.', wait_no_longer: 'Wait no longer',
  plugged_in: 'A car is plugged in.', credit_is: 'Your credit is {amount}.', top_up: 'Top up',
  vehicle: 'Vehicle', other_vehicle: 'Another one', soc_now: 'About {percent} % full now',
  did_not_start: 'Nothing has started. Is the car plugged in? Try once more, or use your card.',
  start_unknown: 'No answer came, so it is not known whether it starts. Look at the charge point; what it does is shown here once the connection is back.',
  point_silent: 'The charge point did not answer. Look at it before you try again.', point_away: 'The charge point is not connected now. Your card may work.',
  reserved_by_other: 'Somebody else has reserved this connector. Nothing was started.',
  used_by_other: 'Somebody else uses this connector. Nothing was started.',
  one_reservation: 'You have a reservation already. Cancel that one first.', no_credit: 'There is no credit left. Top up first.',
  site_away_use_card: 'This site has no connection now and charges on its own: your card works there.',
  point_broken: 'This charge point is out of order or not connected.', out_of_order: 'This connector is out of order.',

  // prices
  per_kwh: '{price} per kWh', per_hour: '{price} per hour of charging', per_hour_parked: '{price} per hour once the car is full',
  per_charge: '{price} per charge', reserved_flat: '{price} per reservation', reserved_hour: '{price} per hour of reservation',
  idle_grace: 'The first {time} after charging are free.', at_least: 'At least {price}', at_most: 'At most {price}',
  from_date: 'from {date}', before_date: 'before {date}', if_nobody_comes: 'if nobody comes',

  // problems
  problem_what: 'What is wrong', problem_words: 'In your words', problem_thanks: 'Thank you. The operator has been told.',
  danger_call: 'In danger, call', problem_broken: 'It does not work', problem_blocked: 'The place is blocked', problem_damaged: 'It is damaged',
  problem_unsafe: 'It is dangerous', problem_payment: 'The price or the bill', problem_other: 'Something else',

  // scan
  scan_title: 'Scan the code', scan_lead: 'Hold the code on the charge point into the frame.', camera: 'Picture of the camera',
  other_code: 'This code is not a connector’s.', camera_refused: 'The camera may not be used. Allow it in the browser, or type the code.',
  camera_none: 'There is no camera here. Type the code.', nfc: 'Read an NFC sticker', nfc_hold: 'Hold the phone to the sticker',
  nfc_failed: 'The sticker could not be read.', code_typed: 'Or type the code', code_hint: 'Eight letters and digits, below the QR code.',
  code_shape: 'A code has eight letters and digits.',

  // a charge
  charge: 'Charge', charging: 'Charging', paused: 'Paused', charge_of: 'Charge of {day}', place_connector: '{name}, connector {n}', since: 'since {time}',
  charging_at: 'Charging at {name}', reserved_at: 'Reserved: {name}', time_left: '{left} left', no_such_charge: 'There is no such charge of yours',
  now: 'Now', about: 'about', soc_unknown: 'the car does not tell how full it is', energy: 'Energy', cost_so_far: 'Cost so far', cost: 'Cost',
  time_taken: 'Time', left_until: 'Left until {percent} %', under_a_minute: 'under a minute', battery: 'Battery',
  paused_more: 'No current flows: the car does not ask for it, or the site has none to give. It goes on by itself.',
  paused_by_car: 'The car takes no current: it is full, or waits. It goes on by itself.',
  paused_by_site: 'The site has no current to give now. It goes on by itself.',
  charging_unheard: 'The charge point cannot be reached now; it charges on. Last heard of {at}.',
  interrupted: 'Interrupted:', ended: 'Ended:', stop: 'Stop charging', really_stop: 'Really stop?', stopping: 'Stopping …',
  stop_refused: 'The charge point did not take the order. Stop at the car or with your card.',
  stop_unknown: 'No answer came, so it is not known whether it stops. Look at the charge point.',
  reason_card: 'by card', reason_app: 'from the app', reason_unplugged: 'the cable was pulled', reason_power: 'the power failed',
  reason_emergency: 'the emergency stop was pressed', reason_refused: 'your card was refused', reason_restart: 'the charge point restarted',
  reason_unlocked: 'the connector was unlocked', reason_other: 'the charge point ended it',
  curve: 'Power over time', curve_words: 'Power over time: at most {most} kW, now {last} kW',
  bill: 'Bill', total: 'Total', of_which_vat: 'VAT {amount}', receipt: 'Receipt', receipt_pdf: 'Receipt as PDF',
  line_ENERGY: 'Energy', line_TIME: 'Charging time', line_PARKING_TIME: 'Parking after charging', line_FLAT: 'Flat fee',
  line_MIN_PRICE: 'Up to the least price', line_MAX_PRICE: 'Down to the highest price', line_reservation: 'Reservation:',
  no_charges: 'Nothing charged yet', no_charges_more: 'Scan the code on a charge point, and your first charge appears here.',

  // a limit
  limit: 'Stop by itself', limit_none: 'No, I stop it', limit_soc_percent: 'At a level of the battery', limit_energy_wh: 'After so much energy',
  limit_cost_cents: 'At a cost', limit_minutes: 'After some time', limit_ends_at: 'Stops at {limit}', limit_no: 'Goes on until you stop it',
  limit_set: 'Set a limit', limit_reached: 'Your limit of {limit} is reached: stopping …', limit_so_far: '{now} of {limit}',
  limit_passed: 'It has come to that already. Stop it, or choose more.',
  limit_soc_unknown: 'Nobody knows how full the battery is here. Say your vehicle and how full it is, or choose another limit.',
  reason_limit: 'at your limit of {limit}',

  // money
  credit: 'Credit', held: '{held} of it are set aside for a running charge, {free} are free.', no_top_up: 'This operator takes no payments in the app.',
  movements: 'Movements', no_movements: 'No movements yet', movement_charge: 'Charge', movement_top_up: 'Top-up', movement_other: 'Correction',
  amount: 'Amount', amount_other: 'Or another amount', go_pay: 'Go and pay', pay_title: 'Test payment',
  pay_sandbox: 'In place of a bank: this installation is for trying out. Say how the payment of {amount} ends.',
  pay: 'Pay', pay_decline: 'Decline', top_up_done: '{amount} are on your account.', top_up_declined: 'The payment was declined; nothing was booked.',

  // mine
  hello: 'Hello, {name}', inbox: 'Inbox', vehicles: 'Vehicles', cards: 'Cards', settings: 'Notifications and language', profile: 'Profile and account',
  inbox_empty: 'Nothing new', inbox_empty_more: 'When a charge ends or is interrupted, you are told here.',
  no_vehicles: 'No vehicle yet', no_vehicles_more: 'With the size of its battery we can reckon how full it is where the car does not tell.',
  add_vehicle: 'Add a vehicle', change_vehicle: 'Change the vehicle', vehicle_name: 'What you call it', battery_size: 'Battery, kWh',
  battery_hint: 'What can be used of it; leave it empty if you do not know.', not_said: 'Not said', plate: 'Number plate', really_remove: 'Really remove?',
  no_cards: 'No card yet', no_cards_more: 'The app is enough to charge. Your operator can give you a card as well.',
  card_of_app: 'This app', card_of_site: 'Charges you start at a site’s own page', card_good: 'Good', card_blocked: 'Blocked', card_expired: 'Expired {at}', card_from: 'Good from {at}', card_until: 'Good until {at}',
  cards_more: 'Lost one? Ask your operator to block it.',

  // notices
  language_and_colours: 'Language and colours', language: 'Language', notices: 'Notifications', notice_kind: 'Kind',
  soc_notice: 'Tell me how full the battery is', soc_from: 'From {percent} % on', balance_notice: 'Tell me when my credit is low',
  balance_below: 'Below {amount}', way_inbox: 'Inbox', way_push: 'Push', way_email: 'Mail',
  kind_session_started: 'A charge began', kind_session_ended: 'A charge ended', kind_session_interrupted: 'A charge was interrupted',
  kind_soc_reached: 'The battery is full enough', kind_reservation_expiring: 'A reservation ends soon', kind_low_balance: 'The credit is low',
  push_ask: 'Shall we tell you on this device when it is done?', push_yes: 'Yes, tell me', push_on: 'You are told on this device when it is done.',
  push_failed: 'Push messages cannot be had here.', push_no: 'Turn off',

  // account
  password_present: 'Present password', password_new: 'New password', change_password: 'Change the password',
  password_changed: 'The password is changed; every other device is logged out.', my_data: 'My data', export: 'Everything that is kept about me',
  delete_account: 'Delete the account', delete_what: 'Your name, cards and vehicles are deleted at once. Bookings stay, as the law asks, without your name. This cannot be undone.',
  give_up: 'I give up my credit of {amount}.', keep_account: 'Keep it', delete_for_good: 'Delete for good',
};

export type Word = keyof typeof en;
export type Words = Record<Word, string>;
