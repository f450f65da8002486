// Writes generated requests, one a line, each with whether it is valid by graphql-js. Arguments:
// the schema's file, how many, the seed, and the number of the first.
import { readFileSync } from 'node:fs';
import {
  GraphQLError, buildSchema, getVariableValues, parse, print, specifiedRules, typeFromAST, validate,
} from 'graphql';
import { breaks, textBreaks } from './breaks.mjs';
import { Documents, variables } from './documents.mjs';
import { Random } from './random.mjs';
import { ZONES, forgetTexts, withTexts } from './values.mjs';

const schema = buildSchema(readFileSync(process.argv[2], 'utf8'));
const [count, seed, first] = process.argv.slice(3).map(Number);

// What the description of the scalar says.
function time(value) {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(value);
  if (typeof value !== 'string' || !parts) throw new GraphQLError('not a time');
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number);
  const days = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  const [hours, minutes] = [Number(parts[8] ?? 0), Number(parts[9] ?? 0)];
  const fits = month >= 1 && month <= 12 && day >= 1 && day <= days && hour < 24 && minute < 60 && second <= 60 && hours < 24 && minutes < 60;
  const utc = new Date(Date.UTC(2000, month - 1, day, hour, minute, Math.min(second, 59)));
  utc.setUTCFullYear(year, month - 1, day);
  const moment = utc.getTime() - (parts[7] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
  if (!fits || moment < -62135596800000 || moment > 253402300799999) throw new GraphQLError('not a time');
  return value;
}
Object.assign(schema.getType('DateTime'), {
  parseValue: time,
  parseLiteral: (node) => time(node.kind === 'StringValue' ? node.value : undefined),
});

function duration(value) {
  const isDuration = /^P(?=\d|T\d)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;
  if (typeof value !== 'string' || !isDuration.test(value) || !/[1-9]/.test(value)) throw new GraphQLError('not a duration');
  return value;
}
Object.assign(schema.getType('Duration'), {
  parseValue: duration,
  parseLiteral: (node) => duration(node.kind === 'StringValue' ? node.value : undefined),
});

function zone(value) {
  const known = ZONES.some((it) => typeof value === 'string' && it.toLowerCase() === value.toLowerCase());
  if (!known) throw new GraphQLError('not a time zone');
  return value;
}
Object.assign(schema.getType('TimeZone'), {
  parseValue: zone,
  parseLiteral: (node) => zone(node.kind === 'StringValue' ? node.value : undefined),
});

// A rule of the specification that graphql-js leaves to the execution.
const operationTypes = (context) => ({
  OperationDefinition(node) {
    if (!schema.getRootType(node.operation)) context.reportError(new GraphQLError(`no ${node.operation}`));
  },
});
// A limit, and not a rule of the specification.
const rules = specifiedRules.filter((rule) => rule.name !== 'MaxIntrospectionDepthRule');

// Why a request is not valid; nothing where it is.
// The specification allows no @skip and no @include there (5.2.4.1). graphql-js 16 has no rule for it, and throws when
// one has a variable.
function conditionAtRoot(document) {
  const seen = new Set();
  const hasCondition = ({ selections }) => selections.some((it) => {
    if (it.directives?.some(({ name }) => ['skip', 'include'].includes(name.value))) return true;
    if (it.kind === 'InlineFragment') return hasCondition(it.selectionSet);
    if (it.kind !== 'FragmentSpread' || seen.has(it.name.value)) return false;
    seen.add(it.name.value);
    const fragments = document.definitions.filter((other) => other.kind === 'FragmentDefinition' && other.name.value === it.name.value);
    return fragments.some((fragment) => hasCondition(fragment.selectionSet));
  });
  return document.definitions.some((it) => it.operation === 'subscription' && hasCondition(it.selectionSet));
}

function fault(query, operationName, variablesText) {
  let document;
  try {
    document = parse(query);
  } catch (error) {
    return error.message;
  }
  if (conditionAtRoot(document)) return 'a condition at the root of a subscription';
  const errors = validate(schema, document, [...rules, operationTypes]);
  if (errors.length > 0) return errors[0].message;
  const operations = document.definitions.filter((it) => it.kind === 'OperationDefinition');
  const found = operations.filter((it) => operationName === null || it.name?.value === operationName);
  if (found.length !== 1) return 'no operation';
  const coerced = getVariableValues(schema, found[0].variableDefinitions ?? [], JSON.parse(variablesText));
  return coerced.errors?.[0].message;
}

function request(number) {
  const random = new Random(seed * 1_000_003 + number);
  forgetTexts();
  const document = new Documents(random, schema).document();
  const kinds = [];
  const changes = random.pick([0, 0, 1, 1, 1, 2, 3]);
  for (let change = 0; change < changes; change++) {
    const kind = random.pick(Object.keys(breaks));
    if (breaks[kind]({ random, document, schema }) !== false) kinds.push(kind);
  }
  let query = withTexts(print(document));
  if (random.chance(0.15)) {
    const kind = random.pick(Object.keys(textBreaks));
    query = textBreaks[kind](random, query);
    kinds.push(kind);
  }
  const names = document.definitions.map((it) => it.kind === 'OperationDefinition' && it.name?.value).filter(Boolean);
  const operationName = random.chance(0.03) ? random.pick(['Nothing', '']) : names.length > 0 && (names.length > 1 || random.chance(0.3)) ? random.pick(names) : null;
  const variablesText = variables(random, schema, document, typeFromAST);
  const body = `{"query":${JSON.stringify(query)},"operationName":${JSON.stringify(operationName)},"variables":${variablesText}}`;
  return { number, kinds, fault: fault(query, operationName, variablesText) ?? null, body };
}

const lines = [];
for (let number = first; number < first + count; number++) lines.push(JSON.stringify(request(number)));
process.stdout.write(lines.join('\n') + '\n');
