// The lists of an answer as tables.

/// The lists of objects in an answer, the outermost first, with the keys that lead to each.
export function listsOf(data) {
  const lists = [];
  let level = [{ path: "", value: data }];
  while (level.length > 0) {
    const next = [];
    for (const { path, value } of level) {
      if (Array.isArray(value)) {
        if (value.some(isObject)) lists.push({ path, items: value.filter(isObject) });
      } else if (isObject(value)) {
        for (const [key, inner] of Object.entries(value)) {
          next.push({ path: path === "" ? key : `${path}.${key}`, value: inner });
        }
      }
    }
    level = next;
  }
  return lists;
}

/// A row for each item, and a column for each scalar or list in them, named by the keys that lead to it as in the CSV
/// of a bulk request. A connection is a list.
export function tableOf(items) {
  const shape = new Map();
  for (const item of items) addTo(shape, item);
  const columns = columnsOf(shape, []);
  const rows = items.map((item) => columns.map((keys) => at(item, keys)));
  return { columns: columns.map((keys) => keys.join(".")), rows };
}

/// The list in a value of a row, or null.
export function listIn(value) {
  if (Array.isArray(value)) return value;
  const list = value?.nodes ?? value?.edges;
  return Array.isArray(list) ? list : null;
}

/// Adds the keys of an object to a map. The value of a key is the map of its object, or null for another value.
function addTo(shape, object) {
  for (const [key, value] of Object.entries(object)) {
    if (key === "__typename") continue;
    if (isObject(value) && listIn(value) === null) {
      const inner = shape.get(key) ?? new Map();
      addTo(inner, value);
      shape.set(key, inner);
    } else if (!shape.has(key)) {
      shape.set(key, null);
    }
  }
}

function columnsOf(shape, before) {
  return [...shape].flatMap(([key, inner]) => {
    const keys = [...before, key];
    return inner === null ? [keys] : columnsOf(inner, keys);
  });
}

function at(item, keys) {
  return keys.reduce((value, key) => value?.[key] ?? null, item);
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
