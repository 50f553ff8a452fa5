/* The types of the API: what the generator refuses, and that a page which no longer fits its API does not build. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

/** This test runs from `.build/web/unit`. */
const root = fileURLToPath(new URL("../../..", import.meta.url));
const web = join(root, "Sources/Web");
const described = readFileSync(join(root, ".build/web/openapi.json"), "utf8");

/** What the build says when the API describes itself in another way. */
function build(folder: string, document: string): { status: number | null; said: string } {
    const [source, generated, project] = ["openapi.json", "generated", "tsconfig.json"].map((name) =>
        join(folder, name),
    ) as [string, string, string];
    writeFileSync(source, document);
    const made = spawnSync("python3", [join(web, "tools/api.py"), source, generated, join(web, "src/api")]);
    if (made.status !== 0) return { status: made.status, said: String(made.stderr) };
    const settings = JSON.parse(readFileSync(join(web, "tsconfig.json"), "utf8")) as {
        compilerOptions: { paths: Record<string, string[]> };
    };
    const paths = { ...settings.compilerOptions.paths, "api-types": [generated] };
    const changed = { extends: join(web, "tsconfig.json"), compilerOptions: { baseUrl: web, paths } };
    writeFileSync(project, JSON.stringify({ ...changed, include: [join(web, "src")] }));
    const checked = spawnSync("tsc", ["--project", project]);
    return { status: checked.status, said: String(checked.stdout) };
}

function inFolder(work: (folder: string) => void): void {
    const folder = mkdtempSync(join(tmpdir(), "api-types-"));
    try {
        work(folder);
    } finally {
        rmSync(folder, { recursive: true });
    }
}

/** The document with every `before` replaced, of which there must be some. */
function changed(document: string, before: string, after: string): string {
    assert.ok(document.includes(before), `the document has no ${before}`);
    return document.replaceAll(before, after);
}

test("what the generator does not know ends the build", () =>
    inFolder((folder) => {
        const paths = described.indexOf('"paths":{') + '"paths":{'.length;
        const withAnswer = (schema: string): string =>
            `${described.slice(0, paths)}"/api/x":{"get":{"operationId":"getX","tags":[""],"summary":"","responses":{"200":{"description":"",` +
            `"content":{"application/json":{"schema":${schema}}}}}}},${described.slice(paths)}`;
        for (const [document, fault] of [
            [withAnswer('{"type":"string","contentEncoding":"base64"}'), "has 'contentEncoding'"],
            [withAnswer('{"type":"tuple"}'), "is of a type that this program does not know"],
            [withAnswer('{"type":"string","format":"duration"}'), "is of the format 'duration'"],
            [withAnswer('{"$ref":"#/components/schemas/Nothing"}'), "which is not there"],
            [withAnswer('{"anyOf":[{"type":"string"},{"type":"number"}]}'), "has alternatives"],
            [withAnswer('{"type":"object","properties":{},"required":[]}'), "may have members that it does not name"],
            [
                withAnswer('{"type":"object","properties":{},"required":["a"],"additionalProperties":false}'),
                "requires 'a', which it does not have",
            ],
            [
                withAnswer(
                    '{"type":"object","properties":{"a_b":{},"aB":{}},"required":[],"additionalProperties":false}',
                ),
                "the same in camel case",
            ],
            [changed(described, '"openapi":"3.1.0"', '"openapi":"4.0.0"'), "is OpenAPI 4.0.0"],
            [changed(described, '"in":"query"', '"in":"cookie"'), "takes something in 'cookie'"],
            [changed(described, '"format":"binary"', '"format":"uuid"'), "neither JSON nor bytes"],
            [changed(described, '"summary":"', '"callbacks":"'), "has 'callbacks'"],
            [changed(described, '"operationId":"', '"summary":"'), "has no name"],
            [changed(described, '"#/components/schemas/Series"', '"#/components/schemas/SymbolDetail"'), "holds itself"],
        ] as const) {
            const { status, said } = build(folder, document);
            assert.equal(status, 1, fault);
            assert.match(said, new RegExp(`^api.py: error: .*${fault.replace(/[[\]().]/g, "\\$&")}`), said);
        }
    }));

test("a page that does not fit the API's description does not build", () =>
    inFolder((folder) => {
        const drifts = [
            ['"operationId":"getSymbolsSearch"', '"operationId":"getSymbolsFind"', "api/symbols.ts"],
            ['"name":"end","in":"query"', '"name":"until","in":"query"', "api/candles.ts"],
            ['"expires_in_days":', '"days":', "settings/api-keys.tsx"],
            ['"backtest_daemon"', '"engine"', "about/health-card.tsx"],
            ['"enum":["google","apple"]', '"enum":["google","apple","github"]', "api/account.ts"],
            ['"volume"', '"traded"', "lib/candle-columns.ts"],
            ['"REAUTHENTICATION_REQUIRED"', '"CONFIRM"', "api/confirmed.ts"],
            ['"x-maxItems":', '"description":', "lib/results/compared.ts"],
        ] as const;
        const { status, said } = build(
            folder,
            drifts.reduce((document, [before, after]) => changed(document, before, after), described),
        );
        assert.notEqual(status, 0);
        for (const [before, , file] of drifts)
            assert.ok(said.includes(file), `${before} is not missed in ${file}: ${said}`);
    }));
