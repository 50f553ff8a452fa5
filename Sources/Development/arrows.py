#!/usr/bin/env python3
"""Holds the imports of every target against what Package.swift says that it depends on. usage: arrows.py

SwiftPM lets a target import what its dependencies depend on, and minds neither what nobody imports nor a folder of tests that
no target has. Swift lets a type hide one of the same name that the target imports: two things would have one name. Prints a
line for each that is wrong; ends with 1 when there is one. Run in the root of the repository.
"""

import re
import sys
from pathlib import Path

IMPORT = re.compile(r"^ *(?:@\w+ )?(?:(?:public|internal|private) )?import (?:struct |class |enum |func )?(\w+)", re.M)


TYPE = re.compile(r"^(public )?(?:final |indirect |@\w+ )*(?:struct|class|enum|actor|protocol|typealias) (\w+)", re.M)


def targets(manifest: str) -> list[tuple[str, str, str]]:
    """Kind and name of each, and how it is written down."""
    found = []
    for start in re.finditer(r'\.(target|executableTarget|testTarget|systemLibrary)\(\s*name: "([\w-]+)"', manifest):
        depth, index = 1, manifest.index("(", start.start()) + 1
        while depth:
            depth += {"(": 1, ")": -1}.get(manifest[index], 0)
            index += 1
        found.append((start[1], start[2], manifest[start.end():index]))
    return found


def main() -> int:
    faults = []
    all_of_them = targets(Path("Package.swift").read_text(encoding="utf-8"))
    kinds = {name: kind for kind, name, _ in all_of_them}
    modules = {name.replace("-", "_"): name for name in [*kinds, "ArgumentParser"]}
    above, folders, public = {"ArgumentParser"}, set(), {}
    for kind, name, written in all_of_them:
        listed = re.search(r"dependencies: \[(.*?)\](?=,|\s*\)|$)", written, re.S)
        products = re.sub(r'\.product\(name: ("\w+"), package: "[\w-]+"\)', r"\1", listed[1] if listed else "")
        depends = set(re.findall(r'"([\w-]+)"', products))
        path = re.search(r'path: "([^"]+)"', written)
        folder = Path(path[1] if path else f"{'Tests' if kind == 'testTarget' else 'Sources'}/{name}")
        folders.add(folder)
        if folder.parts[0] == "Sources":
            faults += [f"{name} stands above {other}, on which it depends" for other in sorted(depends - above)]
        above.add(name)
        texts = [file.read_text(encoding="utf-8") for file in folder.rglob("*.swift")]
        uses = {modules[one] for text in texts for one in IMPORT.findall(text) if one in modules}
        types = [one for text in texts for one in TYPE.findall(text)]
        public[name] = {type for access, type in types if access}
        faults += [f"{name} has a {type}, and imports another from {other}" for access, type in types if not access
                   for other in sorted(uses) if type in public.get(other, ())]
        faults += [f"{name} imports {other} and does not depend on it" for other in sorted(uses - depends)]
        # Some tests run a program that has to be built first.
        idle = [other for other in depends - uses if kind != "testTarget" or kinds.get(other) != "executableTarget"]
        faults += [f"{name} depends on {other} and does not import it" for other in sorted(idle)]
    # What no target has is never compiled, and its tests never run.
    strays = {file.parent for top in ("Sources", "Tests") for file in Path(top).rglob("*.swift")
              if folders.isdisjoint(file.parents)}
    faults += [f"{stray} has Swift that is in no target" for stray in sorted(strays)]
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
