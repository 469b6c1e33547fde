/** The API's OpenAPI document (JSON on stdin) as TypeScript on stdout: `make api-types` writes schema.d.ts with it. */
import { text } from 'node:stream/consumers';
import openapiTS, { astToString } from 'openapi-typescript';

const HEAD = '/** What the CSMS’s API takes and gives. Made from its OpenAPI document by `make api-types`: do not edit. */\n';
const UNUSED = /^ +(?:query|header|path|cookie|get|put|post|delete|options|head|patch|trace|requestBody)\?: never;\n/gm;
const NO_PARAMETERS = /^ +parameters: \{\n +\};\n/gm;

const document = JSON.parse(await text(process.stdin));
const shapes = document.components.schemas;
const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

/** The names of the shapes that `schema` is made of, at any depth. */
function partsOf(schema, found = new Set()) {
  for (const [, name] of JSON.stringify(schema ?? {}).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    if (!found.has(name)) partsOf(shapes[name], found.add(name));
  }
  return found;
}

for (const operation of operations) {
  delete operation.responses?.['422']; // what goes wrong every route says alike: client.ts makes an HttpError of it
  delete operation.responses?.['default'];
}
// An answer always has all its fields, also those with a default; what is sent may leave those out.
const sent = partsOf(operations.map((operation) => operation.requestBody));
for (const [name, shape] of Object.entries(shapes)) {
  if (!sent.has(name) && shape.properties) shape.required = Object.keys(shape.properties);
}
const types = astToString(await openapiTS(document, { alphabetize: true, defaultNonNullable: false, silent: true }));
process.stdout.write(HEAD + types.replace(UNUSED, '').replace(NO_PARAMETERS, ''));
