"""A browser without a network for the tests of the explorer, or the reason why there is none."""

import shutil
from contextlib import contextmanager

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)


def lacking():
    """Why the tests cannot run; blank when they can."""
    try:
        import playwright.sync_api  # noqa: F401
    except ImportError:
        return "playwright is not installed: pip install '.[test]'"
    if not chromium():
        return "no chromium on the path: install the package chromium"
    try:
        import itables  # noqa: F401
        import vl_convert  # noqa: F401
    except ImportError as error:
        return f"the libraries of the report are not installed ({error})"
    return ""


def chromium():
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Visit:
    """A page, what it asked for, and what it complained of."""

    def __init__(self, context):
        self.page = context.new_page()
        self.requests, self.complaints = [], []
        self.page.on("request", self._asked)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, request):
        if not request.url.startswith(("file:", "data:", "blob:")):
            self.requests.append(request.url)

    def _said(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def open(self, file, address=""):
        """Open the page afresh with this state in its address."""
        self.page.goto("about:blank")
        self.page.goto(file.as_uri() + address)
        self.page.evaluate("window.secdiplo.ready")

    def set(self, **state):
        self.page.evaluate("state => window.secdiplo.setState(state)", state)

    def settle(self):
        """Wait until a click has been answered."""
        self.page.evaluate(
            "() => new Promise(done => setTimeout(() => requestAnimationFrame(done), 250))"
        )

    def counts(self):
        return self.page.evaluate("window.secdiplo.counts()")

    def state(self):
        return self.page.evaluate("window.secdiplo.state()")

    def clean(self):
        """Nothing was asked of any host, and nothing went wrong."""
        assert self.requests == []
        assert self.complaints == []


@contextmanager
def launched():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(browser, width=1280, height=900, scheme="light"):
    """A context of its own, offline."""
    context = browser.new_context(
        offline=True,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
        accept_downloads=True,
    )
    try:
        yield Visit(context)
    finally:
        context.close()
