"""Stand-ins for Grafana's own icons, which are in no package: lines on 24 by 24, under the names that pages ask for."""

_LINES = {
    "angle-down": "M6 10l6 6 6-6",
    "angle-up": "M6 15l6-6 6 6",
    "angle-left": "M15 6l-6 6 6 6",
    "angle-right": "M9 6l6 6-6 6",
    "angle-double-left": "M12 6l-6 6 6 6M18 6l-6 6 6 6",
    "angle-double-right": "M6 6l6 6-6 6M12 6l6 6-6 6",
    "arrow-down": "M12 5v14M6 13l6 6 6-6",
    "arrow-up": "M12 19V5M6 11l6-6 6 6",
    "check": "M5 12l5 5 9-10",
    "clock-nine": "M12 3a9 9 0 1 0 0.1 0zM12 12H7M12 12V7",
    "copy": "M9 9h10v11H9zM5 15V4h10",
    "external-link-alt": "M18 14v5H5V6h5M14 4h6v6M20 4l-9 9",
    "search": "M10 4a6 6 0 1 0 0.1 0zM15 15l5 5",
    "search-minus": "M10 4a6 6 0 1 0 0.1 0zM15 15l5 5M7 10h6",
    "sync": "M5 12a7 7 0 0 1 12-5l2 2M19 4v5h-5M19 12a7 7 0 0 1-12 5l-2-2M5 20v-5h5",
    "times": "M6 6l12 12M18 6L6 18",
}


def icon(path):
    """Return the picture for a path such as public/img/icons/unicons/angle-down.svg; an empty one for unknown names."""
    name = path.rpartition("/")[2].removesuffix(".svg")
    lines = (
        f'<path d="{_LINES[name]}" fill="none" stroke="currentColor" stroke-width="2"/>'
        if name in _LINES
        else ""
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{lines}</svg>'.encode()
