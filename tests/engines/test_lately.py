"""What one worker told last."""

from __future__ import annotations

from structlog.testing import capture_logs

from monitor.engines.lately import Lately
from monitor.engines.wire import News
from tests.shard.test_watched import alert


def test_it_is_kept_up_by_what_is_news():
    lately = Lately(1)
    one, two = alert(key="busy|a"), alert(key="busy|b")
    lately.restore([one, two])
    worse = alert(key="busy|a", severity="critical")
    with capture_logs() as logged:
        lately.take(News([worse], ["busy|b"], {}, {"faults": 2}, {"busy": 1}, {}, "s: Traceback"))

    assert {"busy|a": worse} == lately.alerts
    assert ({"faults": 2}, {"busy": 1}) == (lately.figures, lately.failures)
    assert [("a batch broke the core", 1, 2)] == [
        (line["event"], line["worker"], line["faults"]) for line in logged
    ]
