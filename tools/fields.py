"""A page of the fields of a file, from its JSON Schema."""

import json
from collections.abc import Iterator
from typing import Any

from tools.markdown import code, prose, table

Schema = dict[str, Any]
_TYPES = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "true or false",
    "null": "nothing",
}
_BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}


def fields_page(title: str, introduction: str, schema: Schema) -> tuple[str, list[str]]:
    """The page, and a sentence for every type or field that has no description.

    Types follow one another as they are first named, so that a reader who starts at the top meets them in order.
    """
    sections, problems = [f"# {title}", introduction], []
    shown: dict[str, Schema] = {}
    for name, definition in _in_order(schema):
        fields = definition.get("properties")
        if fields is None:
            continue
        nameless = [f"‘{field}’ of ‘{name}’" for field, spec in fields.items() if not spec.get("description")]
        nameless += [] if definition.get("description") else [f"‘{name}’"]
        problems += [f"{title}: {thing} has no description" for thing in nameless]
        sections.append(_section(name, definition, shown))
        shown[name] = fields
    return "\n\n".join(sections) + "\n", problems


def _section(name: str, definition: Schema, shown: dict[str, Schema]) -> str:
    """One type: required fields first; what it has in common with a type shown before is only named."""
    fields: Schema = definition["properties"]
    model, common = _alike(fields, shown)
    required = set(definition.get("required", ()))
    rows = [
        (code(field), words(spec), _default(field in required, spec), prose(spec.get("description", "")))
        for field, spec in sorted(fields.items(), key=lambda item: item[0] not in required)
        if field not in common
    ]
    parts = [f"## {name}", *(prose(part) for part in definition.get("description", "").split("\n\n"))]
    parts += [table(("field", "type", "default", "meaning"), rows)] if rows else []
    parts += [f"And as in [{model}](#{model.lower()}): {', '.join(map(code, common))}."] if common else []
    return "\n\n".join(parts)


def _alike(fields: Schema, shown: dict[str, Schema]) -> tuple[str, list[str]]:
    """The type shown before that has most fields in common, and these; three at least, else none."""
    alike = {
        name: [field for field in fields if earlier.get(field) == fields[field]] for name, earlier in shown.items()
    }
    model = max(alike, key=lambda name: len(alike[name]), default="")
    return (model, alike[model]) if model and len(alike[model]) >= 3 else ("", [])


def words(schema: Schema) -> str:
    """The type in words: ‘list of text’, ‘`mean` or `min`’, a link to a type of its own."""
    if "$ref" in schema:
        name = _name(schema)
        return f"[{name}](#{name.lower()})"
    if "const" in schema:
        return code(_yaml(schema["const"]))
    if "enum" in schema:
        return " or ".join(code(_yaml(value)) for value in schema["enum"])
    for union in ("anyOf", "oneOf", "allOf"):
        if union in schema:
            said = dict.fromkeys(words(part) for part in schema[union] if part.get("type") != "null")
            return " or ".join(said) + _examples(schema)
    return _plain(schema) + _examples(schema)


def _plain(schema: Schema) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return " or ".join(_plain({**schema, "type": one}) for one in kind)
    if kind == "array":
        if "prefixItems" in schema:
            return "\\[" + ", ".join(words(part) for part in schema["prefixItems"]) + "\\]"
        return f"list of {words(schema.get('items', {}))}"
    if kind == "object":
        values = next(iter(schema.get("patternProperties", {}).values()), schema.get("additionalProperties"))
        return f"map of names to {words(values)}" if isinstance(values, dict) else "map"
    bounds = ",".join(f" {sign} {schema[key]}" for key, sign in _BOUNDS.items() if key in schema)
    return _TYPES.get(kind or "", "anything") + bounds


def _examples(schema: Schema) -> str:
    examples = schema.get("examples")
    return " such as " + ", ".join(code(_yaml(example)) for example in examples) if examples else ""


def _default(required: bool, spec: Schema) -> str:
    if required:
        return "required"
    value = spec.get("default")
    return "" if value is None or value in ([], {}) else code(_yaml(value))


def _yaml(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _in_order(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """(name, definition) of the root and of all it reaches, each once, as first named."""
    definitions = {**schema.get("$defs", {})}
    root = _name(schema) if "$ref" in schema else schema.get("title", "The file")
    definitions.setdefault(root, schema)
    waiting, seen = [root], {root}
    while waiting:
        name = waiting.pop(0)
        yield name, definitions[name]
        fresh = [other for other in dict.fromkeys(_references(definitions[name])) if other not in seen]
        seen.update(fresh)
        waiting = fresh + waiting


def _name(reference: Schema) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]


def _references(schema: Any) -> Iterator[str]:
    """Names of definitions that this part of the schema points to, in reading order, definitions themselves apart."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield _name(schema)
        for key, value in schema.items():
            if key not in ("$defs", "discriminator"):
                yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)
