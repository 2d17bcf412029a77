from secretary_portal.celery import SCHEDULE, app


def test_clock_runs_what_the_table_says():
    assert {name: entry["schedule"] for name, entry in app.conf.beat_schedule.items()} == dict(SCHEDULE)


def test_run_that_nobody_fetched_is_dropped_before_the_next():
    assert [entry["options"]["expires"] for entry in app.conf.beat_schedule.values()] == [s for _, s in SCHEDULE]


def test_queue_keeps_neither_results_nor_arguments():
    assert (app.conf.task_ignore_result, app.conf.result_backend) == (True, None)
