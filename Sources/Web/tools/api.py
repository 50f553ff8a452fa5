"""Writes TypeScript for the API's description. usage: api.py OPENAPI.json FOLDER CLIENT

FOLDER gets one file for every named schema (its type, and the decoder of an answer) and one for every operation (what
it takes, what it answers by status, how it may refuse), and an index of them all. Where something has a minimum or a
maximum, the file says it, too, as NAMEBounds. CLIENT is the folder of `decode.ts` and `operation.ts`, which they use.

Answers are typed as decoded: `created_at` is `createdAt`, and times and days are Unix seconds. What is sent is typed as
it is sent. Whatever this program does not know of JSON Schema or OpenAPI ends it: nothing is left unchecked in silence.
"""

import json
import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from typing import NoReturn

TEXT_FORMATS = {"uuid", "uri"}
TIME_FORMATS = {"date", "date-time"}
NOTES = {"description", "default", "examples"}
BOUNDS = {"minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "maxBytes"}
# Words that a later server may add to without a page of before failing: they are read as any text.
OPEN = {"ErrorCode", "AccountEvent"}

# What the page hands on as it is: the names in it are not the page's.
DOCUMENTS = {"StrategyDefinition"}


@dataclass
class Kind:
    """What one schema is in TypeScript."""

    answer: str
    request: str
    decoder: str
    # What to import: names of `decode.ts`, and components, each with its name in the component's file.
    parts: set[str] = field(default_factory=set)
    components: set[tuple[str, str]] = field(default_factory=set)


def fail(place: str, reason: str) -> NoReturn:
    sys.exit(f"api.py: error: {place} {reason}")


def only(value: dict, known: set[str], place: str) -> None:
    """Ends the program unless all of the members are known."""
    for name in value.keys() - known:
        fail(place, f"has {name!r}, which this program does not know")


def camel(text: str) -> str:
    """As `decode.ts` does it."""
    return re.sub(r"_(.)", lambda match: match[1].upper(), text)


def key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else json.dumps(name)


def comment(schema: dict, indent: str) -> str:
    notes = [schema["description"]] if schema.get("description") else []
    if "default" in schema:
        notes.append(f"default {json.dumps(schema['default'])}")
    return f"{indent}/** {'; '.join(notes).replace('*/', '* /')} */\n" if notes else ""


def pure(call: str) -> str:
    """The bundler leaves the call out where nobody uses what it makes."""
    return f"/* @__PURE__ */ {call}"


def words_name(component: str) -> str:
    return f"{component[:1].lower()}{component[1:]}Words"


def union(words: list[str]) -> str:
    return " | ".join(json.dumps(word) for word in words)


def bounds(schema: dict) -> dict:
    """The least and the most that a value may be; of an object those of its members, by their names as they are sent."""
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1:
        return bounds(choices[0])
    if "properties" in schema:
        return {name: found for name, member in schema["properties"].items() if (found := bounds(member))}
    return {name: rule for written, rule in schema.items() if (name := written.removeprefix("x-")) in BOUNDS}


def bounds_of(name: str, found: dict) -> str:
    return f"export const {name}Bounds = {json.dumps(found)} as const;\n" if found else ""


class Schemas:
    """The document's named schemas, and what any schema that refers to them is in TypeScript."""

    def __init__(self, components: dict) -> None:
        self.components = components

    def kind(self, schema: dict, place: str) -> Kind:
        rules = {name: value for name, value in schema.items() if name not in NOTES}
        if "$ref" in rules:
            return self.reference(rules, place)
        if "anyOf" in rules:
            return self.alternative(rules, place)
        if not rules:
            return Kind("unknown", "unknown", "anything", {"anything"})
        match rules.get("type"):
            case "string":
                return self.text(rules, place)
            case "integer" | "number":
                only(rules, {"type", "minimum", "maximum"}, place)
                return Kind("number", "number", "number", {"number"})
            case "boolean":
                only(rules, {"type"}, place)
                return Kind("boolean", "boolean", "flag", {"flag"})
            case "array":
                return self.array(rules, place)
            case "object":
                return self.members(rules, place)
        fail(place, f"is of a type that this program does not know: {json.dumps(schema)[:200]}")

    def reference(self, rules: dict, place: str) -> Kind:
        if rules["$ref"].removeprefix("#/components/schemas/") in DOCUMENTS:
            return Kind("Fields", "Fields", "fields", {"fields", "type Fields"})
        only(rules, {"$ref"}, place)
        prefix = "#/components/schemas/"
        name = rules["$ref"].removeprefix(prefix)
        if name not in self.components or not rules["$ref"].startswith(prefix):
            fail(place, f"refers to {rules['$ref']}, which is not there")
        target = self.components[name]
        request = name if "enum" in target else self.kind(target, name).request
        return Kind(name, request, name, components={(name, name)})

    def alternative(self, rules: dict, place: str) -> Kind:
        only(rules, {"anyOf"}, place)
        choices = rules["anyOf"]
        if {"type": "null"} in choices and len(choices) == 2:
            one = self.kind(next(choice for choice in choices if choice != {"type": "null"}), place)
            return Kind(
                f"{one.answer} | null", f"{one.request} | null", pure(f"orNull({one.decoder})"),
                one.parts | {"orNull"}, one.components,
            )
        if all(choice.get("format") in TIME_FORMATS for choice in choices):
            return [self.text(choice, place) for choice in choices][0]
        if self.is_growing_list(choices):
            return self.text(choices[1], place)
        if [choice.get("type") for choice in choices] == ["array", None] and "$ref" in choices[1]:
            rows, whole = (self.kind(choice, place) for choice in choices)
            return Kind(
                f"{rows.answer} | {whole.answer}", f"{rows.request} | {whole.request}",
                pure(f"listOr({rows.decoder}, {whole.decoder})"), rows.parts | whole.parts | {"listOr"},
                rows.components | whole.components,
            )
        fail(place, "has alternatives other than null, a day or a time, a list of words or any other, a list or a document")

    def is_growing_list(self, choices: list) -> bool:
        """A list of words to which a later release may add: to the page it is a text."""
        words = self.components.get(choices[0].get("$ref", "").rpartition("/")[2], {})
        return len(choices) == 2 and "enum" in words and choices[1].get("type") == "string"

    def text(self, rules: dict, place: str) -> Kind:
        if "enum" in rules:
            only(rules, {"type", "enum"}, place)
            words = union(rules["enum"])
            return Kind(words, words, pure(f"words({json.dumps(rules['enum'])})"), {"words"})
        only(rules, {"type", "format", "pattern", "minLength", "maxLength", "x-minItems", "x-maxItems"}, place)
        if rules.get("format") in TIME_FORMATS:
            return Kind("number", "string", "time", {"time"})
        if rules.get("format", "uuid") not in TEXT_FORMATS:
            fail(place, f"is of the format {rules['format']!r}, which this program does not know")
        return Kind("string", "string", "text", {"text"})

    def array(self, rules: dict, place: str) -> Kind:
        only(rules, {"type", "items", "minItems", "maxItems", "uniqueItems"}, place)
        item = self.kind(rules["items"], f"{place}[]")
        answer, request = f"readonly ({item.answer})[]", f"readonly ({item.request})[]"
        # Of words those that the page knows: what a later server adds to a list is not this page's to show.
        if item.parts == {"words"}:
            return Kind(answer, request, item.decoder.replace("words(", "known(", 1), {"known"})
        if "enum" in self.components.get(item.decoder, {}):
            name = words_name(item.decoder)
            components = {(item.decoder, name), (item.decoder, item.decoder)}
            return Kind(answer, request, pure(f"known({name})"), {"known"}, components)
        return Kind(answer, request, pure(f"list({item.decoder})"), item.parts | {"list"}, item.components)

    def members(self, rules: dict, place: str) -> Kind:
        only(rules, {"type", "properties", "required", "additionalProperties"}, place)
        # An object to which a later release may add (true) is read like one that is closed: what it names, and no more.
        more = rules.get("additionalProperties")
        if "properties" not in rules:
            if more is None:
                return Kind("Fields", "Fields", "fields", {"fields", "type Fields"})
            value = self.kind(more, f"{place}{{}}")
            return Kind(
                f"Readonly<Record<string, {value.answer}>>", f"Readonly<Record<string, {value.request}>>",
                pure(f"dictionary({value.decoder})"), value.parts | {"dictionary"}, value.components,
            )
        if more not in (False, True):
            fail(place, "may have members that it does not name")
        properties, required = rules["properties"], set(rules.get("required", []))
        for name in required - properties.keys():
            fail(place, f"requires {name!r}, which it does not have")
        kinds = {name: self.kind(schema, f"{place}.{name}") for name, schema in properties.items()}
        answer, request, decoder = "", "", ""
        for name, kind in kinds.items():
            mark = "" if name in required else "?"
            note = comment(properties[name], "    ")
            answer += f"{note}    readonly {key(camel(name))}{mark}: {kind.answer};\n"
            request += f"{note}    readonly {key(name)}{mark}: {kind.request};\n"
            decoder += f"    {key(name + mark)}: {kind.decoder},\n"
        if len({camel(name) for name in properties}) < len(properties):
            fail(place, "has two members that are the same in camel case")
        return Kind(
            f"{{\n{answer}}}", f"{{\n{request}}}", pure(f"object({{\n{decoder}}})"),
            {"object"}.union(*(kind.parts for kind in kinds.values())),
            set().union(*(kind.components for kind in kinds.values())),
        )

    def file(self, name: str) -> str:
        """The text of a component's file."""
        schema = self.components[name]
        kind = self.kind(schema, name)
        if "enum" in schema:
            words = words_name(name)
            body = f"export type {name} = {kind.answer};\n"
            body += f"export const {words}: readonly {name}[] = {json.dumps(schema['enum'])};\n"
            if name in OPEN:
                kind.parts = {"text"}
                body += f"export const {name} = text as Decoder<{name}>;\n"
            else:
                body += f"export const {name}: Decoder<{name}> = {pure(f'words({words})')};\n"
        else:
            is_object = kind.answer.startswith("{") and kind.answer.endswith("}")
            body = f"export interface {name} {kind.answer}\n" if is_object else f"export type {name} = {kind.answer};\n"
            body += f"export const {name}: Decoder<{name}> = {kind.decoder};\n"
        return header(kind.parts | {"type Decoder"}, kind.components) + body + self.bounds(name)

    def bounds(self, name: str) -> str:
        """Of a component; nothing where it is no object, or has none."""
        return bounds_of(name, bounds(self.components[name]) if "properties" in self.components[name] else {})


def header(parts: set[str], components: set[tuple[str, str]]) -> str:
    lines = [f"import {{ {', '.join(sorted(parts))} }} from \"%CLIENT%/decode\";\n"] if parts else []
    return "".join(lines + [f'import {{ {name} }} from "./{file}";\n' for file, name in sorted(components)])


def content(response: dict, place: str) -> dict:
    only(response, {"description", "headers", "content"}, place)
    for kind in response.get("content", {}).values():
        only(kind, {"schema"}, place)
    return {kind: value["schema"] for kind, value in response.get("content", {}).items()}


def refusals(schema: dict, place: str) -> list[str]:
    try:
        reference, narrowed = schema["allOf"]
        codes = narrowed["properties"]["code"]["enum"]
    except (KeyError, ValueError, TypeError):
        fail(place, "is a refusal of an unknown form")
    if schema != {"allOf": [{"$ref": "#/components/schemas/Problem"}, {"properties": {"code": {"enum": codes}}}]}:
        fail(place, "is a refusal of an unknown form")
    return codes


def operation_file(schemas: Schemas, name: str, method: str, path: str, operation: dict) -> str:
    place = f"{method.upper()} {path}"
    only(operation, {"operationId", "tags", "summary", "security", "parameters", "requestBody", "responses"}, place)
    inputs: dict[str, str] = {}
    limits: dict[str, dict] = {}

    def limit(name_of: str, schema: dict) -> None:
        if name_of in limits:
            fail(place, f"takes two things that are called {name_of!r}")
        limits[name_of] = bounds(schema)

    for where, name_in_input in (("path", "path"), ("query", "query"), ("header", "headers")):
        members, is_needed = "", False
        for parameter in operation.get("parameters", []):
            only(parameter, {"name", "in", "required", "description", "schema"}, place)
            if parameter["in"] not in ("path", "query", "header"):
                fail(place, f"takes something in {parameter['in']!r}")
            if parameter["in"] != where:
                continue
            kind = schemas.kind(parameter["schema"], f"{place} {parameter['name']}")
            limit(parameter["name"], parameter["schema"])
            is_needed = is_needed or parameter["required"]
            mark, none = ("", "") if parameter["required"] else ("?", " | null")
            note = comment({**parameter["schema"], "description": parameter["description"]}, "    ")
            members += f"{note}    readonly {key(parameter['name'])}{mark}: {kind.request}{none};\n"
        if members:
            inputs[name_in_input + ("" if is_needed else "?")] = f"{{\n{members}}}"
    if "requestBody" in operation:
        body = operation["requestBody"]
        only(body, {"description", "required", "content", "x-maxBytes"}, place)
        limit("body", body)
        if body["content"] == {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}:
            sent = "Blob"
        elif list(body["content"]) == ["application/json"]:
            only(body["content"]["application/json"], {"schema", "example"}, place)
            members = body["content"]["application/json"]["schema"]
            sent = schemas.kind(members, f"{place} body").request
            for member, schema in members.get("properties", {}).items():
                limit(member, schema)
        else:
            fail(place, "takes a body that is neither JSON nor bytes")
        inputs["body" if body["required"] else "body?"] = sent
    takes = "".join(f"readonly {part}: {kind};\n" for part, kind in inputs.items())

    answers, table, codes = [], "", []
    parts, components = set(), set()
    for status, response in operation["responses"].items():
        if status == "304":
            continue  # the browser gives the page what it has kept
        found = content(response, f"{place} {status}")
        if "application/problem+json" in found:
            codes += refusals(found.pop("application/problem+json"), f"{place} {status}")
        elif not found:
            answers.append(f"Answer<{status}, undefined>")
            table += f"    {status}: nothing,\n"
            parts.add("nothing")
        if "application/json" in found:
            kind = schemas.kind(found.pop("application/json"), f"{place} {status}")
            answers.append(f"Answer<{status}, {kind.answer}>")
            table += f"    {status}: {kind.decoder},\n"
            parts, components = parts | kind.parts, components | kind.components
        # Pages and files, which a browser opens by itself, are of no form.
        for other in found.values():
            only(other, {"type"}, f"{place} {status}")
    types = re.sub(r'/\*.*?\*/|"[^"]*"', "", "".join(answers) + takes)
    components |= {(name, name) for name in schemas.components if re.search(rf"\b{name}\b", types)}
    parts |= {"type Fields"} if re.search(r"\bFields\b", types) else set()
    names = "Answer, Operation" if answers else "Operation"
    text = header(parts, components) + f'import type {{ {names} }} from "%CLIENT%/operation";\n'
    text += f"/** {place}: {operation['summary']} */\n"
    input_type = f"{{\n{takes}}}" if takes else "undefined"
    text += f"export const {name}: Operation<{input_type}, {' | '.join(answers) or 'never'}, "
    text += f"{union(sorted(set(codes))) or 'never'}> = {{\n"
    text += f'    method: "{method.upper()}",\n    path: {json.dumps(path)},\n'
    text += f"    answers: {{\n{table}    }},\n}};\n"
    return text + bounds_of(name, {name_of: found for name_of, found in limits.items() if found})


def parts_of(names: set[str], components: dict) -> set[str]:
    """These components, and what they refer to."""
    found: set[str] = set()
    while names - found:
        name = (names - found).pop()
        found.add(name)
        names = names | set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(components[name])))
    return found


def files_of(document: dict) -> dict[str, str]:
    only(document, {"openapi", "info", "paths", "components"}, "the document")
    if not document["openapi"].startswith("3.1."):
        fail("the document", f"is OpenAPI {document['openapi']}")
    only(document["components"], {"schemas", "securitySchemes"}, "components")
    schemas = Schemas(document["components"]["schemas"])
    documents = parts_of(DOCUMENTS, schemas.components)
    files = {name: text for name in documents if (text := schemas.bounds(name))}
    for name in schemas.components.keys() - documents:
        if not re.fullmatch("[A-Za-z]+", name):
            fail("components", f"has {name!r}, which is no name of a type")
        # The interpreter's stack would end with a schema that holds itself; a decoder of it would not start, either.
        try:
            files[name] = schemas.file(name)
        except RecursionError:
            fail(name, "holds itself")
    for path, operations in document["paths"].items():
        only(operations, {"get", "post", "put", "patch", "delete"}, path)
        for method, operation in operations.items():
            name = operation.get("operationId")
            if not name:
                fail(f"{method.upper()} {path}", "has no name")
            if name in files:
                fail(f"{method.upper()} {path}", f"has the name of another: {name}")
            files[name] = operation_file(schemas, name, method, path, operation)
    return files


def main(source: str, folder: str, client: str) -> None:
    with open(source, encoding="utf-8") as file:
        files = files_of(json.load(file))
    files["index"] = "".join(f'export * from "./{name}";\n' for name in sorted(files))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    client = os.path.relpath(client, folder)
    for name, text in files.items():
        with open(os.path.join(folder, f"{name}.ts"), "w", encoding="utf-8") as file:
            file.write(text.replace("%CLIENT%", client))
    # Whatever a page does not use is left out of its script.
    with open(os.path.join(folder, "package.json"), "w", encoding="utf-8") as file:
        file.write('{ "sideEffects": false }\n')


if __name__ == "__main__":
    main(*sys.argv[1:])
