import assert from "node:assert/strict";
import test from "node:test";

test("a service that is emptied is asked about no oftener, however often the reader comes back", async () => {
    const window = new EventTarget();
    const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
    Object.assign(globalThis, { window, document });
    const part = { status: "up", latency_ms: 0.1, detail: null };
    const names = ["database", "schema", "backtest_daemon", "market_data", "server_secret"];
    const checks = Object.fromEntries(names.map((name) => [name, part]));
    let [asked, told, draining] = [0, 0, true];
    globalThis.fetch = () => {
        asked += 1;
        const body = JSON.stringify({ status: draining ? "unavailable" : "ok", checks, draining });
        const headers = { "Content-Type": "application/json" };
        return Promise.resolve(new Response(body, { status: draining ? 503 : 200, headers }));
    };
    const { isServiceDraining, lookAtService, onService } = await import("../../../Sources/Web/src/api/service");
    onService(() => (told += 1));
    const answered = async (): Promise<void> => {
        while (told < asked) await new Promise((done) => setImmediate(done));
    };
    const comeBack = async (): Promise<number> => {
        const before = asked;
        document.dispatchEvent(new Event("visibilitychange"));
        window.dispatchEvent(new Event("focus"));
        await answered();
        return asked - before;
    };
    lookAtService();
    await answered();
    assert.equal(isServiceDraining(), true);
    const first = await comeBack();
    assert.deepEqual([await comeBack(), await comeBack(), await comeBack()], [first, first, first]);
    lookAtService();
    assert.equal(asked, told, "what was asked a moment ago is not asked again");
    draining = false;
    await comeBack();
    assert.equal(isServiceDraining(), false);
    assert.equal(await comeBack(), 0, "nobody asks any more");
});
