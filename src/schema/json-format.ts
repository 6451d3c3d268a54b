// The .json form of a configuration: a list of pairs of a section's name and its attributes. Lines that begin with `#`
// are comments.
//
//     [
//       ["router", {"mode": "standalone", "id": "a"}],
//       ["listener", {"port": 5672, "authenticatePeer": false}]
//     ]
import type { Faults } from './faults.ts';
import { JsonError, readJson } from './json-text.ts';
import { LineMap, type RawSection, type RawValue, withoutCommentLines } from './source.ts';

const FORM = 'write [["router", {…}], ["listener", {…}]]';

/** The sections in the text; what is wrong with its form goes to `faults`. */
export function readJsonSections(text: string, faults: Faults): RawSection[] {
  const blanked = withoutCommentLines(text);
  const lines = new LineMap(blanked);
  try {
    const { value, end } = readJson(blanked, lines, 0, false);
    const rest = blanked.slice(end).search(/\S/);
    if (rest >= 0) faults.error(lines.placeAt(end + rest), 'nothing may stand behind the list of sections');
    return sectionsOf(value, faults);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    faults.error(error.place, `this is not JSON: ${error.message}`);
    return [];
  }
}

function sectionsOf(value: RawValue, faults: Faults): RawSection[] {
  if (value.kind !== 'list') {
    faults.error(value.place, `a configuration is a list of sections; ${FORM}`);
    return [];
  }
  const sections: RawSection[] = [];
  for (const item of value.items) {
    const [name, attributes] = item.kind === 'list' ? item.items : [];
    if (item.kind !== 'list' || item.items.length !== 2 || name.kind !== 'scalar' || attributes.kind !== 'map') {
      faults.error(item.place, `a section is a list of its name and a map of its attributes; ${FORM}`);
      continue;
    }
    sections.push({ name: name.text, place: name.place, entries: attributes.entries });
  }
  return sections;
}
