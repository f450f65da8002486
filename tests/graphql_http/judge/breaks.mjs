// Ways to break a document, or to write it in another way. Each takes a syntax tree and changes one
// place of it, and answers false where it found none.
import { Kind, parseType, visit } from 'graphql';
import { literal, name, raw } from './values.mjs';

// All nodes of some kinds.
function nodes(document, ...kinds) {
  const found = [];
  visit(document, { enter: (node) => void (kinds.includes(node.kind) && found.push(node)) });
  return found;
}

const clone = (node) => structuredClone(node);
const field = (of, ...selections) => ({
  kind: Kind.FIELD, name: name(of), arguments: [], directives: [],
  selectionSet: selections.length > 0 ? { kind: Kind.SELECTION_SET, selections } : undefined,
});
const argument = (of, value) => ({ kind: Kind.ARGUMENT, name: name(of), value });
const named = (type) => ({ kind: Kind.NAMED_TYPE, name: name(type) });
const spread = (of) => ({ kind: Kind.FRAGMENT_SPREAD, name: name(of), directives: [] });
const TYPES = [
  'Query', 'Session', 'Technician', 'Node', 'Viewer', 'Nothing', 'SessionFilter', 'TextFilter', 'Int', 'ID', 'String',
  'Boolean', 'DateTime', 'SessionOrder', 'SessionConnection', '__Type', '__Schema', 'Float', 'StartMethod', 'CustomerFilter',
];
const FIELDS = ['id', 'nodes', 'nope', '__typename', '__schema', '__type', 'keyLabel', 'totalCount', 'name', 'session', 'sessions', 'customer'];

export const breaks = {
  fieldName: ({ random, document }) => change(random, nodes(document, Kind.FIELD), (it) => (it.name = name(random.pick(FIELDS)))),
  alias: ({ random, document }) => change(random, nodes(document, Kind.FIELD), (it) => (it.alias = name(random.pick(['k1', 'k2', 'id', 'nodes', '__k'])))),
  sameAlias({ random, document }) {
    const fields = nodes(document, Kind.FIELD);
    if (fields.length < 2) return false;
    const [one, other] = [random.pick(fields), random.pick(fields)];
    one.alias = name((other.alias ?? other.name).value);
  },
  conflictInFragments({ random, document }) {
    return change(random, nodes(document, Kind.SELECTION_SET).filter((it) => it.selections.some((one) => one.kind === Kind.FIELD)), (it) => {
      const twin = clone(random.pick(it.selections.filter((one) => one.kind === Kind.FIELD)));
      if (random.chance(0.4)) twin.name = name(random.pick(FIELDS));
      if (random.chance(0.4)) twin.arguments.push(argument('first', raw(random.pick(['1', '2']))));
      const typeCondition = random.chance(0.5) ? named(random.pick(['Session', 'Technician', 'ChatMessage', 'Video', 'Query', 'Node'])) : undefined;
      it.selections.push({ kind: Kind.INLINE_FRAGMENT, typeCondition, directives: [], selectionSet: { kind: Kind.SELECTION_SET, selections: [twin] } });
    });
  },
  fieldsByType({ random, document, schema }) {
    const parts = ['Session', 'Technician', 'ChatMessage', 'Video'].map((type) => {
      const own = Object.values(schema.getType(type).getFields()).filter((it) => it.args.length === 0 && !it.type.toString().match(/Customer|Computer|Technician/));
      const one = { ...field(random.pick(own).name), alias: name('same') };
      return { kind: Kind.INLINE_FRAGMENT, typeCondition: named(type), directives: [], selectionSet: { kind: Kind.SELECTION_SET, selections: [one] } };
    });
    return change(random, nodes(document, Kind.OPERATION_DEFINITION), (it) =>
      it.selectionSet.selections.push({ ...field('node', random.pick(parts), random.pick(parts)), alias: name('byType'), arguments: [argument('id', raw('"session_7"'))] }));
  },
  twice: ({ random, document }) => change(random, nodes(document, Kind.SELECTION_SET), (it) => it.selections.push(clone(random.pick(it.selections)))),
  twiceWithDirective: ({ random, document }) => change(random, nodes(document, Kind.SELECTION_SET), (it) => {
    const twin = clone(random.pick(it.selections));
    twin.directives = [{ kind: Kind.DIRECTIVE, name: name('skip'), arguments: [argument('if', raw('false'))] }];
    it.selections.push(twin);
  }),
  leafSelection: ({ random, document }) => change(random, nodes(document, Kind.FIELD).filter((it) => !it.selectionSet), (it) => (it.selectionSet = field('x', field(random.pick(FIELDS))).selectionSet)),
  noSelection: ({ random, document }) => change(random, nodes(document, Kind.FIELD).filter((it) => it.selectionSet), (it) => (it.selectionSet = undefined)),
  typeName: ({ random, document }) => change(random, nodes(document, Kind.SELECTION_SET), (it) => {
    const one = field('__typename');
    if (random.chance(0.3)) one.arguments.push(argument('a', raw('1')));
    if (random.chance(0.2)) one.selectionSet = field('x', field('id')).selectionSet;
    if (random.chance(0.4)) one.directives.push(directive(random));
    it.selections.push(one);
  }),
  introspection: ({ random, document }) => change(random, nodes(document, Kind.SELECTION_SET), (it) =>
    it.selections.push(random.pick([
      field('__schema', field('queryType', field('name'))), field('__schema'), field('__type', field('name')),
      { ...field('__type', field('name')), arguments: [argument('name', raw(random.pick(['"Session"', '1', 'null', 'Session'])))] },
      field('__schema', field('types', field('fields', field('nope')))), field('__schema', { ...field('types', field('name')), arguments: [argument('a', raw('1'))] }),
      field('__schema', field('directives', field('name'), { ...field('args', field('name')), arguments: [argument('includeDeprecated', raw(random.pick(['true', '1', 'null'])))] })),
    ]))),
  noArgument: ({ random, document }) => change(random, nodes(document, Kind.FIELD, Kind.DIRECTIVE).filter((it) => it.arguments.length > 0), (it) => it.arguments.splice(random.below(it.arguments.length), 1)),
  argumentName: ({ random, document }) => change(random, nodes(document, Kind.ARGUMENT), (it) => (it.name = name(random.pick(['id', 'first', 'last', 'filter', 'nope', 'if', 'ids', 'orderBy'])))),
  argumentTwice: ({ random, document }) => change(random, nodes(document, Kind.FIELD, Kind.DIRECTIVE).filter((it) => it.arguments.length > 0), (it) => it.arguments.push(clone(random.pick(it.arguments)))),
  argument: ({ random, document }) => change(random, nodes(document, Kind.FIELD, Kind.DIRECTIVE), (it) => it.arguments.push(argument(random.pick(['nope', 'first', 'after', 'filter', 'orderBy', 'name', 'if']), raw(random.pick(['1', '"x"', '{}', 'null', 'STARTED_AT_ASC', 'true', '[]']))))),
  value: ({ random, document, schema }) => change(random, nodes(document, Kind.ARGUMENT, Kind.OBJECT_FIELD), (it) => {
    const type = schema.getType(random.pick(['Int', 'ID', 'String', 'Boolean', 'DateTime', 'SessionFilter', 'SessionOrder', 'TextFilter', 'StartMethod']));
    it.value = random.pick([() => literal(random, type, 2), () => ({ kind: Kind.NULL }), () => ({ kind: Kind.LIST, values: [it.value] }), () => ({ kind: Kind.LIST, values: [{ kind: Kind.NULL }, it.value] }), () => raw('[]'), () => raw('{}')])();
  }),
  itemValue: ({ random, document, schema }) => change(random, nodes(document, Kind.LIST), (it) => it.values.push(random.pick([raw('null'), raw('[1]'), raw('1.5'), raw('"x"'), literal(random, schema.getType('SessionFilter'), 1)]))),
  inputFieldTwice: ({ random, document }) => change(random, nodes(document, Kind.OBJECT).filter((it) => it.fields.length > 0), (it) => it.fields.push(clone(random.pick(it.fields)))),
  inputField: ({ random, document }) => change(random, nodes(document, Kind.OBJECT), (it) => it.fields.push({ kind: Kind.OBJECT_FIELD, name: name(random.pick(['nope', 'eq', 'in', 'and', 'not', 'answered', 'name', 'customer'])), value: raw(random.pick(['null', '1', '"x"', 'true', '{}', '[{}]'])) })),
  anyVariable: ({ random, document }) => change(random, nodes(document, Kind.ARGUMENT, Kind.OBJECT_FIELD), (it) => {
    const known = nodes(document, Kind.VARIABLE_DEFINITION);
    it.value = { kind: Kind.VARIABLE, name: name(known.length > 0 && random.chance(0.8) ? random.pick(known).variable.name.value : 'undefined') };
    if (random.chance(0.2)) it.value = { kind: Kind.LIST, values: [it.value] };
  }),
  variableType: ({ random, document }) => change(random, nodes(document, Kind.VARIABLE_DEFINITION), (it) => {
    const text = typeText(it.type);
    const nullable = text.replace(/!$/, '');
    it.type = parseType(random.pick([nullable, `${nullable}!`, `[${text}]`, `[${nullable}!]!`, text.replace(/[[\]!]/g, ''), text.replace(/!/g, ''), random.pick(TYPES), `[${random.pick(TYPES)}!]`]));
  }),
  nullDefault: ({ random, document }) => change(random, nodes(document, Kind.VARIABLE_DEFINITION), (it) => {
    it.type = parseType(typeText(it.type).replace(/!$/, ''));
    it.defaultValue = raw('null');
  }),
  variableDefault: ({ random, document, schema }) => change(random, nodes(document, Kind.VARIABLE_DEFINITION), (it) => {
    it.defaultValue = random.pick([undefined, raw('null'), raw('1'), raw('"x"'), raw('$x'), raw('[]'), raw('{ eq: "a", eq: "b" }'), raw('{ startedAt: { gt: "2011" } }'), literal(random, schema.getType('SessionFilter'), 2)]);
  }),
  noVariable: ({ random, document }) => change(random, nodes(document, Kind.OPERATION_DEFINITION).filter((it) => it.variableDefinitions.length > 0), (it) => it.variableDefinitions.splice(random.below(it.variableDefinitions.length), 1)),
  variableTwice: ({ random, document }) => change(random, nodes(document, Kind.OPERATION_DEFINITION).filter((it) => it.variableDefinitions.length > 0), (it) => it.variableDefinitions.push(clone(random.pick(it.variableDefinitions)))),
  unusedVariable: ({ random, document }) => change(random, nodes(document, Kind.OPERATION_DEFINITION), (it) => it.variableDefinitions.push({ kind: Kind.VARIABLE_DEFINITION, variable: { kind: Kind.VARIABLE, name: name('unused') }, type: parseType(random.pick(['Int', 'Nothing', 'Session', '[[String!]]'])), directives: [] })),
  variableInDirective: ({ random, document }) => change(random, nodes(document, Kind.OPERATION_DEFINITION), (it) => {
    it.variableDefinitions.push({ kind: Kind.VARIABLE_DEFINITION, variable: { kind: Kind.VARIABLE, name: name('flag') }, type: parseType(random.pick(['Boolean!', 'Boolean', 'Boolean! = true', 'String!', '[Boolean!]!'].map((type) => type.split(' ')[0]))), directives: [] });
    const one = random.pick(nodes(it.selectionSet, Kind.FIELD, Kind.INLINE_FRAGMENT, Kind.FRAGMENT_SPREAD));
    one?.directives.push({ kind: Kind.DIRECTIVE, name: name(random.pick(['skip', 'include'])), arguments: [argument('if', { kind: Kind.VARIABLE, name: name('flag') })] });
  }),
  unknownSpread: ({ random, document }) => change(random, nodes(document, Kind.FRAGMENT_SPREAD), (it) => (it.name = name(random.pick(['Nothing', 'F0', 'F1'])))),
  unusedFragment: ({ random, document }) => void document.definitions.push(fragment('Unused', random.pick(TYPES), field(random.pick(FIELDS)))),
  fragmentTwice: ({ random, document }) => change(random, nodes(document, Kind.FRAGMENT_DEFINITION), (it) => document.definitions.push(clone(it))),
  circle: ({ random, document }) => change(random, nodes(document, Kind.FRAGMENT_DEFINITION), (it) => {
    const target = random.pick(nodes(document, Kind.FRAGMENT_DEFINITION));
    random.pick(nodes(it, Kind.SELECTION_SET)).selections.push(spread(target.name.value));
  }),
  fragmentType: ({ random, document }) => change(random, nodes(document, Kind.FRAGMENT_DEFINITION, Kind.INLINE_FRAGMENT), (it) => (it.typeCondition = named(random.pick(TYPES)))),
  inlineFragment: ({ random, document }) => change(random, nodes(document, Kind.SELECTION_SET), (it) => {
    const typeCondition = random.chance(0.3) ? undefined : named(random.pick(TYPES));
    it.selections.push({ kind: Kind.INLINE_FRAGMENT, typeCondition, directives: [], selectionSet: { kind: Kind.SELECTION_SET, selections: [field(random.pick(FIELDS))] } });
  }),
  operationName: ({ random, document }) => change(random, nodes(document, Kind.OPERATION_DEFINITION), (it) => (it.name = random.pick([undefined, name('Op0'), name('Op1'), name('F0')]))),
  anotherOperation: ({ random, document }) => void document.definitions.push({ ...operation('query', field('__typename')), name: random.pick([undefined, name('Op0'), name('Other')]) }),
  operationType: ({ random, document }) => change(random, nodes(document, Kind.OPERATION_DEFINITION), (it) => (it.operation = random.pick(['mutation', 'subscription']))),
  noOperation: ({ random, document }) => change(random, nodes(document, Kind.OPERATION_DEFINITION), (it) => document.definitions.splice(document.definitions.indexOf(it), 1)),
  otherOperationType: ({ random, document }) => void document.definitions.push({ ...operation(random.pick(['mutation', 'subscription']), field(random.pick(FIELDS))), name: name('Other') }),
  directive: ({ random, document }) => change(random, nodes(document, Kind.FIELD, Kind.INLINE_FRAGMENT, Kind.FRAGMENT_SPREAD), (it) => it.directives.push(directive(random))),
  directivePlace: ({ random, document }) => change(random, nodes(document, Kind.OPERATION_DEFINITION, Kind.FRAGMENT_DEFINITION, Kind.VARIABLE_DEFINITION), (it) => it.directives.push(directive(random))),
  directiveTwice: ({ random, document }) => change(random, nodes(document, Kind.FIELD, Kind.INLINE_FRAGMENT, Kind.FRAGMENT_SPREAD), (it) => {
    const one = directive(random);
    it.directives.push(one, clone(one));
  }),
  typeDefinition: ({ random, document }) => void document.definitions.push(random.pick([
    { kind: Kind.SCALAR_TYPE_DEFINITION, name: name('X'), directives: [] },
    { kind: Kind.OBJECT_TYPE_EXTENSION, name: name('Query'), directives: [], interfaces: [], fields: [{ kind: Kind.FIELD_DEFINITION, name: name('x'), arguments: [], type: named('Int'), directives: [] }] },
    { kind: Kind.SCHEMA_DEFINITION, directives: [], operationTypes: [{ kind: Kind.OPERATION_TYPE_DEFINITION, operation: 'query', type: named('Query') }] },
  ])),
};

const operation = (of, ...selections) => ({ kind: Kind.OPERATION_DEFINITION, operation: of, variableDefinitions: [], directives: [], selectionSet: { kind: Kind.SELECTION_SET, selections } });
const fragment = (of, type, ...selections) => ({ kind: Kind.FRAGMENT_DEFINITION, name: name(of), typeCondition: named(type), directives: [], selectionSet: { kind: Kind.SELECTION_SET, selections } });

function directive(random) {
  const given = random.pick([[], ['if', 'true'], ['if', 'false'], ['if', '"x"'], ['if', 'null'], ['if', '$undefined'], ['nope', '1'], ['reason', '"x"'], ['url', '"x"']]);
  const args = given.length > 0 ? [argument(given[0], raw(given[1]))] : [];
  return { kind: Kind.DIRECTIVE, name: name(random.pick(['skip', 'include', 'skip', 'include', 'deprecated', 'specifiedBy', 'oneOf', 'nope', 'defer'])), arguments: args };
}

const typeText = (type) => (type.kind === Kind.NON_NULL_TYPE ? `${typeText(type.type)}!` : type.kind === Kind.LIST_TYPE ? `[${typeText(type.type)}]` : type.name.value);

function change(random, places, how) {
  if (places.length === 0) return false;
  how(random.pick(places));
}

const TOKEN = /"""[^]*?"""|"(?:\\.|[^"\\\n])*"|[_A-Za-z]\w*|-?\d[\w.+-]*|\.\.\.|#[^\n]*|[^\s,]/g;
const ODD = ['}', '{', '(', ')', '[', ']', '!', '$', ':', '=', '@', '|', '&', '...', '..', ',', '"', '""', '#x\n', '#x\r', '\r\n', '\t', '\ufeff', '\u0000', '\u00a0', '¡', '?', '%', '1', '-1', '1.5', 'null', 'true', 'on', 'query', 'fragment', 'é', '"d"', '"""d"""', '"\\q"', ';', '\\'];

// Ways to change the text of a document.
export const textBreaks = {
  dropToken: (random, text) => at(random, text, (token) => ''),
  doubleToken: (random, text) => at(random, text, (token) => `${token} ${token}`),
  replaceToken: (random, text) => at(random, text, () => random.pick(ODD)),
  insertToken: (random, text) => at(random, text, (token) => `${token}${random.pick(ODD)}`),
  dropSign: (random, text) => { const it = random.below(text.length); return text.slice(0, it) + text.slice(it + 1); },
  cut: (random, text) => text.slice(0, random.below(text.length)),
  comment: (random, text) => at(random, text, (token) => `${token} # ${random.pick(['{"', '', '"""', 'é'])}${random.pick(['\n', '\r', '\r\n'])}`),
  commas: (random, text) => at(random, text, (token) => `,${token},,`),
  describe: (random, text) => {
    const description = random.pick(['"d"', '""', '"""d {"""', '"\\u{41}"', '"a \\" {"', '"\\q"']);
    return random.chance(0.5) ? text.replace(/\b(query|fragment|mutation)\b/, `${description} $1`) : text.replace(/([(,]\s*)(\$\w+\s*:)/, `$1${description} $2`);
  },
  short: (random, text) => text.replace(/\s+/g, ' '),
};

function at(random, text, how) {
  const tokens = [...text.matchAll(TOKEN)];
  if (tokens.length === 0) return text;
  const { 0: token, index } = random.pick(tokens);
  return text.slice(0, index) + how(token) + text.slice(index + token.length);
}
