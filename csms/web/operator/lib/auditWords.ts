/** A change in words, from the route it was made through. */

const VERBS: Record<string, string> = { POST: 'Made', PUT: 'Set', PATCH: 'Changed', DELETE: 'Removed' };
const WORDS: Record<string, string> = {
  'POST /api/auth/login': 'Logged in',
  'POST /api/auth/logout': 'Logged out',
  'POST /api/charge-points': 'Added a charge point',
  'PATCH /api/charge-points/{identity}': 'Changed a charge point',
  'PATCH /api/charge-points/{identity}/configuration': 'Set a configuration key',
  'PATCH /api/charge-points/{identity}/connectors/{connector_id}': 'Changed a connector',
  'PUT /api/charge-points/{identity}/tariff': 'Set which tariff holds',
  'POST /api/charge-points/{identity}/connectors/{connector_id}/remote-start': 'Started a charge',
  'POST /api/sessions/{transaction_id}/remote-stop': 'Stopped a session',
  'POST /api/sessions/{transaction_id}/corrections': 'Corrected a bill',
  'POST /api/charge-points/{identity}/availability': 'Put in or out of service',
  'POST /api/charge-points/{identity}/reset': 'Restarted a charge point',
  'POST /api/charge-points/{identity}/unlock': 'Unlocked a connector',
  'POST /api/users': 'Made an account',
  'POST /api/users/{user_id}/credits': 'Booked money',
  'PUT /api/users/{user_id}/sites': 'Set an operator’s sites',
  'PATCH /api/user/{user_id}/set_user_admin': 'Set who is an administrator',
  'POST /api/cards': 'Enrolled a card',
  'PATCH /api/cards/{id_tag}': 'Changed a card',
  'PUT /api/cards/{id_tag}/budgets': 'Set a card’s budgets',
  'POST /api/tariffs': 'Made a tariff',
  'PUT /api/tariffs/{tariff_id}': 'Changed a tariff',
  'POST /api/sites': 'Made a site',
  'POST /api/sites/{site_id}/adoption-codes': 'Made an adoption code',
  'POST /api/problems/{problem_id}/close': 'Closed a problem',
  'POST /api/reservations/{reservation_id}/cancel': 'Cancelled a reservation',
  'PATCH /api/settings': 'Changed settings',
  'POST /api/charge-points/{identity}/uploads': 'Asked for a file',
  'PUT /api/charge-points/{identity}/registration': 'Set what a charge point waits for',
  'POST /api/charge-points/{identity}/firmware-updates': 'Had firmware installed',
  'POST /api/firmware-images': 'Uploaded firmware',
  'DELETE /api/firmware-images/{image_id}': 'Deleted firmware',
};

/** A route that nobody has put into words reads as its verb and its last word: `Made: clear-cache`. */
export function changeWords(method: string, route: string): string {
  const last = route.split('/').filter((part) => part && !part.startsWith('{')).at(-1) ?? route;
  return WORDS[`${method} ${route}`] ?? `${VERBS[method] ?? method}: ${last}`;
}
