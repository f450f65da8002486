// Documents that are valid for the most part, as syntax trees, and the JSON of their variables.
import {
  GraphQLNonNull, Kind, getNamedType, isCompositeType, isInterfaceType, isLeafType, isNonNullType, parseType,
} from 'graphql';
import { json, literal, name, raw } from './values.mjs';

const TYPE_NAME = { name: '__typename', args: [] };

export class Documents {
  constructor(random, schema) {
    Object.assign(this, { random, schema, fragments: [], count: 0 });
  }

  document() {
    const { random } = this;
    const operations = Array.from({ length: random.chance(0.15) ? 2 + random.below(2) : 1 }, () => this.operation());
    if (operations.length > 1 || random.chance(0.5)) {
      operations.forEach((operation, at) => (operation.name = name(`Op${at}`)));
    }
    const definitions = [...operations, ...this.fragments];
    for (let at = definitions.length - 1; at > 0; at--) {
      const other = random.below(at + 1);
      [definitions[at], definitions[other]] = [definitions[other], definitions[at]];
    }
    return { kind: Kind.DOCUMENT, definitions };
  }

  operation() {
    this.variables = [];
    const operation = this.random.chance(0.1) ? 'mutation' : 'query';
    const selectionSet = this.selections(this.schema.getRootType(operation), 2 + this.random.below(3));
    return {
      kind: Kind.OPERATION_DEFINITION, operation, variableDefinitions: this.variables, directives: [], selectionSet,
    };
  }

  selections(type, depth) {
    const { random } = this;
    const selections = Array.from({ length: 1 + random.below(3) }, () => {
      if (random.chance(0.1)) return this.inline(type, depth);
      if (random.chance(0.1)) return this.spread(type, depth);
      return this.field(type, depth);
    });
    return { kind: Kind.SELECTION_SET, selections };
  }

  // The types of objects that can stand where one of `type` does, and `type` itself.
  possible(type) {
    const others = [...type.getInterfaces?.() ?? [], ...(isInterfaceType(type) ? this.schema.getPossibleTypes(type) : [])];
    return this.random.chance(0.6) || others.length === 0 ? type : this.random.pick(others);
  }

  inline(type, depth) {
    const { random } = this;
    const on = random.chance(0.25) ? undefined : this.possible(type);
    return {
      kind: Kind.INLINE_FRAGMENT, typeCondition: on && named(on.name), directives: this.directives(),
      selectionSet: this.selections(on ?? type, depth - 1),
    };
  }

  spread(type, depth) {
    const on = this.possible(type);
    const known = this.fragments.filter((it) => it.plain && it.typeCondition.name.value === on.name && it.depth <= depth);
    if (known.length > 0 && this.random.chance(0.5)) {
      return { kind: Kind.FRAGMENT_SPREAD, name: name(this.random.pick(known).name.value), directives: this.directives() };
    }
    const before = this.variables.length;
    const fragment = {
      kind: Kind.FRAGMENT_DEFINITION, name: name(`F${this.count++}`), typeCondition: named(on.name), directives: [],
      selectionSet: this.selections(on, depth - 1), depth,
    };
    fragment.plain = this.variables.length === before && !this.usesVariables(fragment);
    this.fragments.push(fragment);
    return { kind: Kind.FRAGMENT_SPREAD, name: name(fragment.name.value), directives: this.directives() };
  }

  usesVariables(node) {
    return JSON.stringify(node).includes('"Variable"') || JSON.stringify(node).includes('"FragmentSpread"');
  }

  field(type, depth) {
    const { random } = this;
    const fields = Object.values(type.getFields?.() ?? {}).filter((it) => depth > 0 || isLeafType(getNamedType(it.type)));
    const root = type === this.schema.getQueryType() && random.chance(0.05);
    if (root) return this.introspection();
    const field = fields.length === 0 || random.chance(0.1) ? TYPE_NAME : random.pick(fields);
    const args = field.args.filter((it) => (isNonNullType(it.type) && it.defaultValue === undefined) || random.chance(0.2));
    const composite = field.type && isCompositeType(getNamedType(field.type));
    // A field with arguments gets a key of its own, so that most documents have no conflicts.
    const alias = args.length > 0 || composite || random.chance(0.1) ? name(`k${this.count++}`) : undefined;
    return {
      kind: Kind.FIELD, alias, name: name(field.name), directives: this.directives(),
      arguments: args.map((it) => ({ kind: Kind.ARGUMENT, name: name(it.name), value: this.value(it) })),
      selectionSet: composite ? this.selections(getNamedType(field.type), depth - 1) : undefined,
    };
  }

  introspection() {
    const { random } = this;
    const leaf = (it) => ({ kind: Kind.FIELD, name: name(it), arguments: [], directives: [] });
    if (random.chance(0.5)) {
      const types = { ...leaf('types'), selectionSet: { kind: Kind.SELECTION_SET, selections: [leaf('name'), leaf('kind')] } };
      return { ...leaf('__schema'), selectionSet: { kind: Kind.SELECTION_SET, selections: [types] } };
    }
    const of = { kind: Kind.ARGUMENT, name: name('name'), value: literal(random, this.schema.getType('String'), 0, this.variable(false)) };
    const value = of.value.kind === Kind.NULL ? raw('"Session"') : of.value;
    const selections = [leaf('name'), leaf(random.pick(['kind', 'description', 'isOneOf', 'specifiedByURL']))];
    return { ...leaf('__type'), alias: name(`k${this.count++}`), arguments: [{ ...of, value }], selectionSet: { kind: Kind.SELECTION_SET, selections } };
  }

  directives() {
    const { random } = this;
    if (!random.chance(0.08)) return [];
    const type = new GraphQLNonNull(this.schema.getType('Boolean'));
    const value = literal(random, type, 0, this.variable(false));
    const condition = { kind: Kind.ARGUMENT, name: name('if'), value: value.kind === Kind.NULL ? raw('true') : value };
    return [{ kind: Kind.DIRECTIVE, name: name(random.pick(['skip', 'include'])), arguments: [condition] }];
  }

  value(definition) {
    const value = literal(this.random, definition.type, 2, this.variable(definition.defaultValue !== undefined));
    return value.kind === Kind.NULL && isNonNullType(definition.type) ? raw('"7"') : value;
  }

  // Sometimes a variable that fits, known or new.
  variable(hasDefault) {
    return (type) => {
      const { random } = this;
      if (!random.chance(0.12)) return undefined;
      const known = this.variables.filter((it) => it.text === String(type) || it.text === `${type}!`);
      if (known.length > 0 && random.chance(0.4)) return { kind: Kind.VARIABLE, name: name(random.pick(known).variable.name.value) };
      const nullable = String(type).replace(/!$/, '');
      const form = random.below(4);
      const text = form === 0 ? `${nullable}!` : form === 1 && (hasDefault || nullable !== String(type)) ? nullable : String(type);
      const needsDefault = text === nullable && nullable !== String(type);
      const definition = {
        kind: Kind.VARIABLE_DEFINITION, text, type: parseType(text), directives: [],
        variable: { kind: Kind.VARIABLE, name: name(`v${this.count++}`) },
      };
      if (needsDefault || random.chance(0.2)) {
        const of = isNonNullType(type) ? type.ofType : type;
        const value = literal(random, of, 1, undefined);
        if (value.kind !== Kind.NULL || !needsDefault) definition.defaultValue = value.kind === Kind.NULL && text.endsWith('!') ? undefined : value;
      }
      this.variables.push(definition);
      return { kind: Kind.VARIABLE, name: name(definition.variable.name.value) };
    };
  }
}

const named = (type) => ({ kind: Kind.NAMED_TYPE, name: name(type) });

// The values of the variables of a document's operations, as JSON, by their declared types.
export function variables(random, schema, document, typeFromAST) {
  const entries = new Map();
  for (const definition of document.definitions) {
    for (const { variable, type, defaultValue } of definition.variableDefinitions ?? []) {
      const of = typeFromAST(schema, type);
      const optional = type.kind !== Kind.NON_NULL_TYPE || defaultValue;
      if ((optional && random.chance(0.3)) || random.chance(0.01)) continue;
      if (of && !isCompositeType(getNamedType(of))) entries.set(variable.name.value, json(random, of, 2));
    }
  }
  if (random.chance(0.05)) entries.set('undeclared', '{"a":[1]}');
  return `{${[...entries].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}
