"""Pages of the plugin in a browser: opened in a theme and at a time, and what they complain about."""

# Time goes on in the page, from this moment on: what is asked is the same on every day.
_AT = """
const begun = Date.now();
const Real = Date;
window.Date = class extends Real {
  constructor(...given) { super(...(given.length === 0 ? [Real.now() - begun + %(now)d] : given)); }
  static now() { return Real.now() - begun + %(now)d; }
};
window.harnessTheme = "%(theme)s";
"""
SIZE = (1600, 1000)


class OpenedPage:
    """One page, and its errors so far."""

    def __init__(self, page):
        self.page = page
        self.complaints = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)

    def _listen(self, message):
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def forget(self):
        """Begin anew: with no complaints, and nothing chosen."""
        self.page.evaluate("harness.go('/')")
        self.page.mouse.move(0, 0)
        self.complaints.clear()

    def address(self):
        """Return path and query, as Grafana's location service knows them."""
        return self.page.evaluate("harness.address()")


class PanelPage(OpenedPage):
    """A page with the compare panel alone."""

    def show(self, *, ready="[role=group]", variables=None, **shown):
        """Draw the panel on ``frames`` or ``queries``, and wait for what is there when it is drawn."""
        self.page.evaluate("harness.showPanel(null)")
        self.page.evaluate(
            "([shown, variables]) => harness.showPanel(shown, variables)", [shown, variables or {}]
        )
        self.page.locator("#stage").wait_for()
        if ready:
            self.page.locator(ready).first.wait_for()

    def subjects(self):
        """Return the sentences of the multiples that are drawn, in order."""
        found = self.page.get_by_role("group").all()
        return [each.get_attribute("aria-label") for each in found]

    def multiple(self, name):
        """Return the multiple of a subject."""
        return self.page.locator(f'[role=group][aria-label^="{name}:"]')


class PluginPages:
    """What opens pages of one site in one theme."""

    def __init__(self, browser, url, theme, now):
        self.url, self.theme = url, theme
        width, height = SIZE
        self.context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        self.context.add_init_script(_AT % {"now": round(now * 1000), "theme": theme})
        self._panel = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()

    def _opened(self, kind, path):
        opened = kind(self.context.new_page())
        opened.page.goto(self.url + path)
        opened.page.wait_for_function("window.harness !== undefined")
        return opened

    def panel(self):
        """Return the page of the panel; it is opened once."""
        if self._panel is None:
            self._panel = self._opened(PanelPage, "/")
        return self._panel

    def app(self, path):
        """Return a page of the app."""
        return self._opened(OpenedPage, f"/a/mlexporter-app/{path}")
