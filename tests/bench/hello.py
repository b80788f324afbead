"""The baseline: as little as a Textual app can be that paints a line, and paints it anew at a key."""

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Static


class Hello(App[None]):
    """Says hello, then counts keys."""

    count = 0

    def compose(self) -> ComposeResult:
        """One line."""
        yield Static("Hello, world")

    def on_key(self, event: Key) -> None:
        """Show that a key came."""
        self.count += 1
        self.query_one(Static).update(f"key {self.count} came")


if __name__ == "__main__":
    Hello().run()
