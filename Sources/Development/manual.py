#!/usr/bin/env python3
"""Manual pages and completions of the admin tool, from what it says of itself, and the page of its configuration file.

usage: manual.py BITSTOCKERZ OUT     OUT/man1, OUT/man5, OUT/completions
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXIT_STATUS = [
    ("0", "All is well."), ("1", "What was looked for was found to be wrong, or something failed."), ("64", "Wrong usage."),
    ("65", "The data given is wrong."), ("66", "A file that was named cannot be read."),
    ("69", "Something needed, such as the database, is away."), ("73", "An archive or a key cannot be written."),
    ("78", "The configuration is wrong."),
]


def escape(text):
    """Text as troff shows it unchanged."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def paragraphs(text):
    """Text in which empty lines part paragraphs, and lines that are indented stay as they are."""
    lines = []
    for part in re.split(r"\n\s*\n", text.strip("\n")):
        if lines:
            lines.append(".PP")
        if part.startswith(" "):
            lines += [".nf", escape(part), ".fi"]
        else:
            lines.append(escape(" ".join(part.split())))
    return lines


def spelt(name):
    return ("--" if name["kind"] == "long" else "-") + name["name"]


def value(argument):
    return f"\\fI{escape(argument.get('valueName', 'value'))}\\fR"


def usage(argument):
    if argument["kind"] == "positional":
        text = value(argument)
    else:
        text = f"\\fB{escape(spelt(argument['preferredName']))}\\fR"
        if argument["kind"] == "option":
            text += f" {value(argument)}"
    text += " ..." if argument["isRepeating"] else ""
    return f"[{text}]" if argument["isOptional"] else text


def described(argument):
    """The item of one argument."""
    if argument["kind"] == "positional":
        head = value(argument)
    else:
        names = ", ".join(f"\\fB{escape(spelt(name))}\\fR" for name in argument["names"])
        head = names + (f" {value(argument)}" if argument["kind"] == "option" else "")
    text = argument.get("abstract", "")
    choices, standard = argument.get("allValues"), argument.get("defaultValue")
    if choices and not all(choice in text for choice in choices):
        text += f" One of {', '.join(choices)}."
    if standard:
        text += f" Default: {standard}."
    return [".TP", head, *paragraphs(text.strip() or "See above.")] + (
        [".IP", *paragraphs(argument["discussion"])] if argument.get("discussion") else [])


def shown(items):
    return [item for item in items if item.get("shouldDisplay", True)]


def synopsis(command, path):
    arguments = [argument for argument in shown(command.get("arguments", [])) if argument.get("valueName") not in ("help", "version")]
    return [".PP", f"\\fB{escape(' '.join(path))}\\fR " + " ".join(usage(argument) for argument in arguments)]


def commands_of(command):
    return [sub for sub in shown(command.get("subcommands", [])) if sub["commandName"] != "help"]


def body(command, path, level):
    """What a command does and takes, then the same for each command below it."""
    lines = paragraphs(command.get("abstract", ""))
    if command.get("discussion"):
        lines += [".PP", *paragraphs(command["discussion"])]
    arguments = shown(command.get("arguments", []))
    if level == 0:
        lines.append(".SH OPTIONS")
    for argument in arguments:
        # Those that every command has stand once on a page.
        if level == 0 or argument.get("valueName") not in ("help", "version"):
            lines += described(argument)
    for sub in commands_of(command):
        name = [*path, sub["commandName"]]
        lines += [f".SH {escape(' '.join(name[1:])).upper()}", *synopsis(sub, name)[1:], ".PP", *body(sub, name, level + 1)]
    return lines


def page(command, path, version, see_also):
    name = "-".join(path)
    lines = [
        '.\\" Made by manual.py of what the program says of itself.',
        f'.TH {escape(name.upper())} 1 "" "BitStockerz {version}" "BitStockerz"', ".SH NAME",
        f"{escape(name)} \\- {escape(command['abstract'].rstrip('.'))}", ".SH SYNOPSIS",
    ]
    subs = commands_of(command)
    if len(path) == 1:
        lines.append("\\fBbitstockerz\\fR \\fIcommand\\fR ...")
    for sub in [] if len(path) == 1 else subs or [command]:
        lines += synopsis(sub, [*path, sub["commandName"]] if subs else path)
    lines.append(".SH DESCRIPTION")
    if len(path) == 1:
        lines += paragraphs(command["abstract"]) + [".SH COMMANDS"]
        for sub in subs:
            own = escape("bitstockerz-" + sub["commandName"])
            lines += [".TP", f"\\fB{escape(sub['commandName'])}\\fR", *paragraphs(sub["abstract"]), f"See \\fB{own}\\fR(1)."]
        lines.append(".SH OPTIONS")
        for argument in shown(command.get("arguments", [])):
            lines += described(argument)
    else:
        lines += body(command, path, 0)
    lines.append(".SH EXIT STATUS")
    for code, meaning in EXIT_STATUS:
        lines += [".TP", code, escape(meaning)]
    lines += [".SH FILES", ".TP", "\\fI/etc/bitstockerz/bitstockerz.env\\fR", "The configuration; see \\fBbitstockerz.env\\fR(5)."]
    lines += [".SH SEE ALSO", ", ".join(f"\\fB{escape(other)}\\fR({section})" for other, section in see_also if other != name)]
    return "\n".join(lines) + "\n"


def variables():
    """The items of the configuration's page, from the file that shows every variable with its meaning and default."""
    lines = []
    blocks = re.findall(r"((?:^# .*\n)+)((?:^#[A-Z][A-Z_]*=.*\n)+)", (ROOT / "systemd/bitstockerz.env.example").read_text(), re.M)
    for comment, names in blocks:
        for number, line in enumerate(names.splitlines()):
            name, _, standard = line[1:].partition("=")
            lines += [".TP" if number == 0 else ".TQ", f"\\fB{name}\\fR=" + (f"\\fI{escape(standard)}\\fR" if standard else "")]
        lines += paragraphs(re.sub(r"^# ?", "", comment, flags=re.M))
    return "\n".join(lines)


def main(program, out):
    out = Path(out)
    said = subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    tool = json.loads(said)["command"]
    subs = commands_of(tool)
    everything = [("bitstockerz", 1)] + [(f"bitstockerz-{sub['commandName']}", 1) for sub in subs] + [("bitstockerz.env", 5)]
    for folder in ("man1", "man5", "completions"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for old in (out / "man1").iterdir():
        old.unlink()
    (out / "man1/bitstockerz.1").write_text(page(tool, ["bitstockerz"], version, everything))
    for sub in subs:
        path = ["bitstockerz", sub["commandName"]]
        (out / "man1" / ("-".join(path) + ".1")).write_text(page(sub, path, version, [everything[0], everything[-1]]))
    template = (Path(__file__).with_name("bitstockerz.env.5.in")).read_text()
    (out / "man5/bitstockerz.env.5").write_text(template.replace("@VERSION@", version).replace("@VARIABLES@\n", variables() + "\n"))
    for shell in ("bash", "zsh", "fish"):
        script = subprocess.run([program, "--generate-completion-script", shell], check=True, capture_output=True).stdout
        # Nobody runs it: a shell reads it.
        (out / "completions" / shell).write_bytes(re.sub(rb"\A#!.*\n", b"", script))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
