"""
Every room as it looked when somebody last looked at it: a picture of each in both themes at two sizes, made so coarse
that another release of the browser or of a font changes nothing, and a part that has moved or is gone does. Nothing moves on
the way to the picture.

BASELINE=write puts the pictures of now into `baseline/`: look at the rooms before you do.
"""

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
MOST_SHIFTED = 0.02

# Adds up what moves without having been asked to, the largest in words.
SHIFTS = """new PerformanceObserver(list => {
    for (const shift of list.getEntries()) {
        if (shift.hadRecentInput) continue;
        window.shifted = (window.shifted ?? 0) + shift.value;
        for (const { node, previousRect: from, currentRect: to } of shift.sources)
            (window.moved ??= []).push(
                `${(node?.nodeType === 1 ? node : node?.parentElement)?.className} ` +
                `${Math.round(from.y)}+${Math.round(from.height)} to ${Math.round(to.y)}+${Math.round(to.height)}`);
    }
}).observe({ type: 'layout-shift', buffered: true })"""
# Packed quickly, since nobody keeps it.
PICTURE = {"format": "png", "optimizeForSpeed": True}

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
    def grid(self, picture: str) -> list[str]:
        cells = self.blank.evaluate(SHRINK, [picture, COLUMNS])
        return ["".join(f"{round(cell * LEVELS):x}" for cell in row) for row in cells]

    def look_at(self, page, rooms: dict[str, str], unpictured=frozenset()) -> None:
        self.blank = Chromium.get().new_context().new_page()
        self.contexts.append(self.blank.context)
        camera = page.context.new_cdp_session(page)
        for name, path in rooms.items():
            found: dict[str, list[str]] = {}
            for width, height in SIZES:
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=THEMES[0])
                page.goto(self.url(path))
                self.at_rest(page)
                with self.subTest(room=name, width=width):
                    moved = page.evaluate("window.moved ?? []")
                    self.assertLessEqual(page.evaluate("window.shifted ?? 0"), MOST_SHIFTED, "\n".join(moved))
                for theme in THEMES if name not in unpictured else ():
                    page.emulate_media(color_scheme=theme)
                    self.at_rest(page)
                    found[f"{theme} {width}"] = self.grid(camera.send("Page.captureScreenshot", PICTURE)["data"])
            if found:
                self.compare(name, found)

    def compare(self, name: str, found: dict[str, list[str]]) -> None:
        file = FOLDER / f"{name}.txt"
        if os.environ.get("BASELINE") == "write":
            FOLDER.mkdir(exist_ok=True)
            file.write_text("".join(f"{title}\n" + "\n".join(rows) + "\n" for title, rows in found.items()))
            return
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

    def test_rooms_of_visitors_look_as_they_did_and_nothing_moves_while_they_come(self):
        page = self.open("")
        page.add_init_script(SHIFTS)
        self.look_at(page, VISITORS)

    def test_rooms_of_users_look_as_they_did_and_nothing_moves_while_they_come(self):
        page = self.operator()
        rooms = self.rooms(page)
        page.add_init_script(SHIFTS)
        job = rooms["data-job"].rpartition("/")[2]

        def own_job_alone(route):
            answer = route.fetch()
            jobs = answer.json()["jobs"]
            route.fulfill(response=answer, json={**answer.json(), "jobs": [one for one in jobs if one["id"] == job]})

        # An operator sees everybody's: what other tests do is in no picture.
        page.route("**/api/jobs?*", own_job_alone)
        # Those of visitors have pictures of their own, and what is said of the sources other tests change.
        self.look_at(page, rooms, unpictured={*VISITORS, "data-sources"})
