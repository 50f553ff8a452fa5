"""Writes index.html with the hashed names of one build. usage: document.py TEMPLATE SITE META.json BOOT-META.json"""

import json
import os
import sys


def main(template: str, site: str, *metafiles: str) -> None:
    outputs: dict[str, dict] = {}
    for name in metafiles:
        with open(name, encoding="utf-8") as file:
            outputs |= json.load(file)["outputs"]

    def address(path: str) -> str:
        return "/assets/" + os.path.basename(path)

    def entry(source: str) -> str:
        return next(path for path, facts in outputs.items() if facts.get("entryPoint", "").endswith(source))

    main_script = entry("src/main.tsx")
    # Only what the first script imports statically: pages come on demand.
    parts = [part["path"] for part in outputs[main_script]["imports"] if part["kind"] == "import-statement"]
    font = next(path for path in outputs if path.endswith(".woff2"))
    values = {
        "BOOT": address(entry("src/boot.ts")),
        "MAIN": address(main_script),
        "STYLE": address(entry("styles/app.css")),
        "FONT": address(font),
        "PRELOAD": "".join(f'<link rel="modulepreload" href="{address(part)}">\n    ' for part in parts),
    }
    with open(template, encoding="utf-8") as file:
        text = file.read()
    for name, value in values.items():
        if f"%{name}%" not in text:
            sys.exit(f"document.py: {template} has no %{name}%")
        text = text.replace(f"%{name}%", value)
    with open(os.path.join(site, "index.html"), "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
