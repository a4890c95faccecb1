"""A lint of our dashboards: what Grafana loads without a word, and still shows nothing, or something wrong.

Every mistake is found by one check, which names it: ``tests/contract/test_planted_dashboard_faults.py`` plants them.
It works on classic JSON, and needs no Grafana.
"""

import re

import dashboard_choices
import dashboard_fields
import dashboard_grid
import dashboard_moments
import dashboard_panels
import dashboard_promql
import dashboard_settings
import dashboard_values
from dashboard_parts import Finding, links_in, name_of, panels_of, variable_names
from dashboard_queries import asked

OF_JSON = {
    **dashboard_settings.CHECKS,
    **dashboard_grid.CHECKS,
    **dashboard_panels.CHECKS,
    **dashboard_values.CHECKS,
    **dashboard_choices.CHECKS,
}
OF_QUERIES = {**dashboard_promql.CHECKS, **dashboard_moments.CHECKS, **dashboard_fields.CHECKS}
_DASHBOARD_LINK = re.compile(r"/d/([\w-]+)(?:/[\w-]*)?(?:\?(.*))?")


def lint(dashboard, **given):
    """Return what is wrong with a dashboard by itself.

    Args:
        dashboard: Classic JSON.
        given: More for ``Inference``, such as ``target_labels``.
    """
    found = [
        Finding(check, where, what) for check, look in OF_JSON.items() for where, what in look(dashboard)
    ]
    queries = asked(dashboard, **given)
    found += [Finding(*each) for each in dashboard_promql.inferred(queries)]
    found += [
        Finding(check, where, what)
        for check, look in OF_QUERIES.items()
        for where, what in look(queries, dashboard)
    ]
    return found


def lint_all(dashboards):
    """Return what is wrong with dashboards that are loaded together: file name to classic JSON."""
    return [
        Finding(check, where, what) for check, look in OF_FOLDER.items() for where, what in look(dashboards)
    ]


def same_uids(dashboards):
    """Yield dashboards of which Grafana keeps only one."""
    for key in ("uid", "title"):
        named = {}
        for file, dashboard in dashboards.items():
            other = named.setdefault(dashboard.get(key), file)
            if other != file:
                yield "", f"{file} and {other} have the {key} {dashboard.get(key)!r}"


def dead_links(dashboards):
    """Yield links to dashboards that are not there."""
    known = {dashboard.get("uid") for dashboard in dashboards.values()}
    for where, title, uid, _ in _links(dashboards):
        if uid not in known:
            yield where, f"{title!r} leads to {uid}, which does not exist"


def lost_choices(dashboards):
    """Yield links that fill variables which the other dashboard has not."""
    known = {dashboard.get("uid"): set(variable_names(dashboard)) for dashboard in dashboards.values()}
    for where, title, uid, filled in _links(dashboards):
        unknown = sorted(filled - known.get(uid, filled))
        if unknown:
            yield where, f"{title!r} fills {unknown}, which {uid} has not"


def _links(dashboards):
    """Yield every link between dashboards: where, its title, the uid, the variables that it fills."""
    for file, dashboard in dashboards.items():
        for panel in panels_of(dashboard):
            own = {key: value for key, value in panel.items() if key != "panels"}
            for link in links_in(own):
                match = _DASHBOARD_LINK.match(link["url"])
                if match:
                    yield f"{file}: {name_of(panel)}", link.get("title"), match[1], filled_by(match[2] or "")


def filled_by(query):
    """Return the variables that the query of an address fills."""
    return set(re.findall(r"(?:^|&)var-(\w+)=", query)) | set(re.findall(r"\$\{(\w+):queryparam\}", query))


OF_FOLDER = {"same uid": same_uids, "dead link": dead_links, "lost choice": lost_choices}
REVISION = "revision not raised"
CHECKS = (*OF_JSON, *dashboard_promql.INFERRED, *OF_QUERIES, *OF_FOLDER, REVISION)
"""Every check, by name."""


def revision_problem(old, new):
    """Return what is wrong with the revision of a dashboard that replaces another; None for nothing.

    An app that ships dashboards takes only those whose revision differs from what it has.

    Args:
        old: As it was committed; None for a new one.
        new: As it is now.
    """
    if old is None:
        return None
    before, after = old.get("revision", 0), new.get("revision", 0)
    is_changed = _content(old) != _content(new)
    if after < before or (is_changed and after == before):
        return Finding(REVISION, "", f"revision {before} became {after}, and it is another dashboard")
    return None


def _content(dashboard):
    """Return what a reader sees: everything but what counts versions."""
    return {key: value for key, value in dashboard.items() if key not in {"revision", "version"}}
