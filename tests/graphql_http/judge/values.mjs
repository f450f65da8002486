// Values of a type, as literals of a document and as JSON of variables, most of them valid.
import {
  Kind, getNamedType, getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType,
} from 'graphql';

export const name = (value) => ({ kind: Kind.NAME, value });

// A literal with a text of its own, which the printer would write in one way only: it is printed
// as a name, and the text is put in its place.
const texts = [];
export const raw = (text) => ({ kind: Kind.ENUM, value: `RAW_${texts.push(text) - 1}_` });
export const withTexts = (printed) => printed.replace(/RAW_(\d+)_/g, (_, at) => texts[at]);
export const forgetTexts = () => (texts.length = 0);

const STRINGS = [
  '""', '"a"', '"Zoe"', '"\\u0041\\n\\t\\"\\\\\\/\\b\\f\\r"', '"\\ud83d\\ude00"', '"\\u{1F600}"', '"\\u{41}"',
  '"é 😀"', '"#{[("', '""""""', '"""a "b" \\""" c"""', '"""\n  a\n    b\n"""', '"\\u{000041}"', '"$x"',
];
// Not among them: \u{…} with more than 8 digits, which the specification allows and graphql-js does not.
const WRONG_STRINGS = [
  '"\\ud83d"', '"\\ude00"', '"\\ude00\\ud83d"', '"\\u{110000}"', '"\\u{}"', '"\\u{D800}"', '"\\u12"',
  '"\\x"', '"a', '"a\nb"', '"""a', '"\\u{1F600"', '"\\U0041"', '"\\ud83d\\u{DE00}"',
];
const TIMES = [
  '2011-01-03T09:15:02Z', '2011-01-03T09:15:02.123456789Z', '2011-01-03t09:15:02z',
  '2011-01-03T09:15:02+23:59', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z', '2024-02-29T00:00:00-00:00',
];
const DURATIONS = ['P7D', 'PT12H', 'P1M', 'P1Y2M3W4DT5H6M7.5S'];
const WRONG_DURATIONS = ['', 'P', 'PT', '7D', '-P7D', '+P7D', 'P0D', 'PT0S', '7 days', 'P1H', 'PT1D', 'P7D ', 7, true];
const WRONG_TIMES = [
  '2011', '', 'yesterday', '2011-01-03', '2011-01-03T09:15:02', '2011-01-03T09:15:02+24:00', '0000-01-01T00:00:00Z',
  '2011-02-29T00:00:00Z', '9999-12-31T23:59:59-01:00', '2011-01-03T09:15Z', '2011-01-03T09:15:02+0100', '2011-13-01T00:00:00Z',
];
// Names of time zones, in any letter case.
export const ZONES = ['UTC', 'Europe/Lisbon', 'america/new_york', 'AUSTRALIA/LORD_HOWE', 'Asia/Kathmandu'];
const WRONG_ZONES = ['', 'Zoe', 'Mars/Olympus', '+01:00', 'Etc/Unknown', '2011', 'UTC ', '7'];
const INTS = ['0', '1', '2', '5', '20', '-0', '-1', '2147483647', '-2147483648'];
const WRONG_INTS = ['2147483648', '-2147483649', '99999999999999999999', '1.0', '1e0', '1.5', '01', '-', '1.', '.5', '1a', '0x1', '1e', '+1', '--1', '1_0', '00', '1e5x'];
const FLOATS = ['0', '1.5', '-1e3', '1E+2', '2.0e-1', '7'];
const IDS = ['"7"', '"session_7"', '7', '-7', '9007199254740993', '99999999999999999999999', '""'];

// How likely a value is wrong.
const WRONG = 0.012;

export function literal(random, type, depth, variable) {
  const place = variable?.(type);
  if (place) return place;
  if (isNonNullType(type)) return literal(random, type.ofType, depth, undefined);
  if (random.chance(0.04)) return { kind: Kind.NULL };
  if (isListType(type)) {
    if (random.chance(0.15)) return literal(random, getNullableType(type.ofType), depth, undefined);
    const values = Array.from({ length: random.below(4) }, () => literal(random, type.ofType, depth, variable));
    return { kind: Kind.LIST, values: values.filter((value) => value.kind !== Kind.NULL || !isNonNullType(type.ofType)) };
  }
  const wrong = random.chance(WRONG);
  if (isEnumType(type)) {
    const word = random.pick(type.getValues()).name;
    return wrong ? raw(random.pick([`"${word}"`, word.toLowerCase(), '0', 'NONE'])) : { kind: Kind.ENUM, value: word };
  }
  if (isInputObjectType(type)) {
    if (wrong) return raw(random.pick(['1', '"x"', '[]', '[{}]', 'X', 'true']));
    const all = Object.values(type.getFields());
    // Exactly one field of a type with @oneOf.
    const fields = type.isOneOf ? [random.pick(all)] : all.filter(
      (field) => isNonNullType(field.type) || random.chance(depth > 0 ? 1.5 / all.length : 0),
    );
    return {
      kind: Kind.OBJECT,
      fields: fields.map((field) => ({
        kind: Kind.OBJECT_FIELD, name: name(field.name), value: literal(random, field.type, depth - 1, variable),
      })),
    };
  }
  switch (type.name) {
    case 'Int': return raw(random.pick(wrong ? WRONG_INTS : INTS));
    case 'Float': return raw(random.pick(wrong ? ['"1"', 'X', '1.e'] : FLOATS));
    case 'ID': return raw(random.pick(wrong ? ['1.5', 'true', 'X', '{}'] : IDS));
    case 'Boolean': return raw(random.pick(wrong ? ['"true"', '1', 'TRUE'] : ['true', 'false']));
    case 'DateTime': return raw(wrong ? random.pick([...WRONG_TIMES.map((it) => `"${it}"`), '1', '1.5', 'NOW', '{}', '["2011-01-03T09:15:02Z"]', 'true']) : `"${random.pick(TIMES)}"`);
    case 'Duration': return raw(JSON.stringify(random.pick(wrong ? WRONG_DURATIONS : DURATIONS)));
    case 'TimeZone': return raw(wrong ? random.pick([...WRONG_ZONES.map((it) => `"${it}"`), '1', 'UTC', '{}', 'true']) : `"${random.pick(ZONES)}"`);
    default: return raw(random.pick(wrong ? [...WRONG_STRINGS, '1', 'X', 'true', '{}'] : STRINGS));
  }
}

// JSON text: numbers in several spellings.
export function json(random, type, depth, wrongShare = 0.02) {
  if (random.chance(wrongShare)) {
    return random.pick(['null', '1', '1.5', '"x"', 'true', '[]', '[null]', '{}', '{"nope":1}', '[[1]]', '[["x"]]', '3000000000', '1e3', '"AGENT"', '"2011"']);
  }
  if (isNonNullType(type)) return json(random, type.ofType, depth, 0);
  if (random.chance(0.05)) return 'null';
  if (isListType(type)) {
    if (random.chance(0.15)) return json(random, getNullableType(type.ofType), depth, wrongShare);
    const items = Array.from({ length: random.below(3) }, () => json(random, type.ofType, depth, wrongShare));
    return `[${items.filter((item) => item !== 'null' || !isNonNullType(type.ofType)).join(',')}]`;
  }
  if (isEnumType(type)) return JSON.stringify(random.pick(type.getValues()).name);
  if (isInputObjectType(type)) {
    const all = Object.values(type.getFields());
    const fields = type.isOneOf ? [random.pick(all)] : all.filter(
      (field) => isNonNullType(field.type) || random.chance(depth > 0 ? 1.5 / all.length : 0),
    );
    const entries = fields.map((field) => `${JSON.stringify(field.name)}:${json(random, field.type, depth - 1, wrongShare)}`);
    if (random.chance(wrongShare)) entries.push('"unknownField":true');
    return `{${entries.join(',')}}`;
  }
  switch (getNamedType(type).name) {
    case 'Int': return random.pick(['0', '1', '2.0', '5', '2e1', '-1', '2147483647', '-2147483648.0']);
    case 'Float': return random.pick(['0', '1.5', '-2e3']);
    case 'ID': return random.pick(['"7"', '7', '7.0', '"session_7"', '9007199254740991', '""']);
    case 'Boolean': return random.pick(['true', 'false']);
    case 'DateTime': return JSON.stringify(random.pick(random.chance(0.06) ? WRONG_TIMES : TIMES));
    case 'Duration': return JSON.stringify(random.pick(random.chance(0.06) ? WRONG_DURATIONS : DURATIONS));
    case 'TimeZone': return JSON.stringify(random.pick(random.chance(0.06) ? WRONG_ZONES : ZONES));
    default: return random.pick(['""', '"Zoe"', '"\\ud83d\\ude00"', '"a\\u0000b"', '"7"']);
  }
}
