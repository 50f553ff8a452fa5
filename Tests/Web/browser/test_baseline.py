"""
Every room as it looked when somebody last looked at it: a picture of each in both themes at two sizes, made so coarse
that another release of the browser or of a font changes nothing, and a part that has moved or is gone does.

BASELINE=write puts the pictures of now into `baseline/`: look at the rooms before you do.
"""

import base64
import os
from pathlib import Path

from harness import Chromium
from rooms import VISITORS, RoomTest

FOLDER = Path(__file__).parent / "baseline"
SIZES = ((1440, 900), (390, 844))
THEMES = ("dark", "light")
COLUMNS = 48
# Sixteen greys. A cell is 30 pixels wide on a desktop: text is a shade of grey in it.
LEVELS = 15
FAR = 3
MOST_FAR = 0.05
MOST_MEAN = 0.5

SHRINK = """async ([data, columns]) => {
    const picture = new Image();
    picture.src = "data:image/png;base64," + data;
    await picture.decode();
    const rows = Math.round(columns * picture.height / picture.width);
    const canvas = new OffscreenCanvas(columns, rows);
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, columns, rows);
    const { data: pixels } = context.getImageData(0, 0, columns, rows);
    const grey = index => 0.2126 * pixels[index] + 0.7152 * pixels[index + 1] + 0.0722 * pixels[index + 2];
    return Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (_, column) => grey(4 * (row * columns + column)) / 255));
}"""


class BaselineTests(RoomTest):
    def grid(self, picture: bytes) -> list[str]:
        cells = self.blank.evaluate(SHRINK, [base64.b64encode(picture).decode(), COLUMNS])
        return ["".join(f"{round(cell * LEVELS):x}" for cell in row) for row in cells]

    def compare(self, page, rooms: dict[str, str]) -> None:
        self.blank = Chromium.get().new_context().new_page()
        self.contexts.append(self.blank.context)
        for name, path in rooms.items():
            found: dict[str, list[str]] = {}
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                page.goto(self.url(path))
                for theme in THEMES:
                    page.emulate_media(color_scheme=theme)
                    self.at_rest(page)
                    found[f"{theme} {width}"] = self.grid(page.screenshot())
            file = FOLDER / f"{name}.txt"
            if os.environ.get("BASELINE") == "write":
                FOLDER.mkdir(exist_ok=True)
                file.write_text("".join(f"{title}\n" + "\n".join(rows) + "\n" for title, rows in found.items()))
                continue
            known = self.read(file)
            for title, rows in found.items():
                with self.subTest(room=name, picture=title):
                    self.assert_alike(rows, known[title])

    def read(self, file: Path) -> dict[str, list[str]]:
        pictures: dict[str, list[str]] = {}
        for line in file.read_text().splitlines():
            if " " in line:
                rows = pictures.setdefault(line, [])
            else:
                rows.append(line)
        return pictures

    def assert_alike(self, rows: list[str], known: list[str]) -> None:
        self.assertEqual([len(row) for row in rows], [len(row) for row in known])
        differences = [abs(int(a, 16) - int(b, 16)) for row, other in zip(rows, known) for a, b in zip(row, other)]
        far = sum(difference >= FAR for difference in differences) / len(differences)
        mean = sum(differences) / len(differences)
        picture = "\n".join(rows)
        self.assertTrue(far <= MOST_FAR and mean <= MOST_MEAN, f"{far:.1%} of it differs, {mean:.2f} levels:\n{picture}")

    def test_a_picture_that_differs_is_told_from_one_that_does_not(self):
        rows = ["0123456789abcdef" * 3] * 30
        self.assert_alike(rows, rows)
        with self.assertRaises(AssertionError):
            # Three of thirty lines are gone.
            self.assert_alike(rows, rows[:27] + ["0" * 48] * 3)

    def test_rooms_of_visitors_look_as_they_did(self):
        self.compare(self.open(""), VISITORS)

    def test_rooms_of_users_look_as_they_did(self):
        page = self.operator()
        rooms = self.rooms(page)
        job = rooms["data-job"].rpartition("/")[2]

        def own_job_alone(route):
            answer = route.fetch()
            jobs = answer.json()["jobs"]
            route.fulfill(response=answer, json={**answer.json(), "jobs": [one for one in jobs if one["id"] == job]})

        # An operator sees everybody's: what other tests do is in no picture.
        page.route("**/api/jobs?*", own_job_alone)
        others = {*VISITORS, "data-sources"}
        self.compare(page, {name: path for name, path in rooms.items() if name not in others})
