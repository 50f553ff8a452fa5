import assert from "node:assert/strict";
import test from "node:test";
import { changed, historyOf, redone, undone } from "../../../Sources/Web/src/lib/draft";

/** Commands: a text is a change to it; `text@field` one of typing in a field; `<` undoes, `>` redoes, `+` waits. */
function after(commands: readonly string[]): string {
    let at = 0;
    let history = historyOf("");
    for (const command of commands) {
        at += 100;
        const [text, field] = command.split("@");
        if (command === "<") history = undone(history);
        else if (command === ">") history = redone(history);
        else if (command === "+") at += 2_000;
        else history = changed(history, text!, field ?? null, at);
    }
    return `${history.past.join(",")}|${history.present}|${history.future.join(",")}`;
}

test("changes are undone and done again", () => {
    const cases: readonly [readonly string[], string][] = [
        [[], "||"],
        [["a", "b"], ",a|b|"],
        [["a", "b", "<"], "|a|b"],
        [["a", "b", "<", "<", "<"], "||a,b"],
        [["a", "b", "<", "<", ">"], "|a|b"],
        [["a", "b", "<", "<", ">", ">", ">"], ",a|b|"],
        [["a", "b", "<", "c"], ",a|c|"],
        [["a", "a"], "|a|"],
        [["a@f", "ab@f", "abc@f"], "|abc|"],
        [["a@f", "ab@f", "<"], "||ab"],
        [["a@f", "+", "ab@f"], ",a|ab|"],
        [["a@f", "b@g"], ",a|b|"],
        [["a@f", "b", "c@f"], ",a,b|c|"],
        [["a@f", "ab@f", "<", "x@f"], "|x|"],
    ];
    for (const [commands, expected] of cases) assert.equal(after(commands), expected, commands.join(" "));
});

test("the past is bounded", () => {
    let history = historyOf(0);
    for (let number = 1; number <= 1_000; number++) history = changed(history, number, null, number);
    assert.equal(history.past.length, 200);
    assert.equal(history.past[0], 800);
});
