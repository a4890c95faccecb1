"""A program whose processes are made by itself: ``family.py WAY N_CHILDREN N_ROWS PORT``.

Each of them, and the parent, predicts so many rows, four threads each; then the parent serves until
it is ended. WAY is fork, spawn, forkserver, os.fork or "thread fork" (a fork by a thread while others predict).
"""

import multiprocessing
import os
import sys
import threading
import time

import application

import mlexporter


def work(n_rows):
    """Predict in four threads."""
    threads = [threading.Thread(target=predict, args=(n_rows // 4,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def predict(n_rows):
    """Predict rows one by one."""
    for _ in range(n_rows):
        application.predict(application.new_row())


def by_fork(n_rows):
    """Return the pid of a child that predicts."""
    child = os.fork()
    if not child:
        try:
            work(n_rows)
            time.sleep(0.2)
        finally:
            os._exit(0)
    return child


def main():
    """Do as the arguments say."""
    way, n_children, n_rows, port = sys.argv[1], *map(int, sys.argv[2:])
    if way in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(way)
        children = [context.Process(target=work, args=(n_rows,)) for _ in range(n_children)]
        for child in children:
            child.start()
        work(n_rows)
        for child in children:
            child.join()
    elif way == "os.fork":
        work(n_rows)
        for child in [by_fork(n_rows) for _ in range(n_children)]:
            os.waitpid(child, 0)
    else:
        busy = threading.Thread(target=work, args=(n_rows,))
        busy.start()
        made = []
        forking = threading.Thread(target=lambda: made.extend(by_fork(n_rows) for _ in range(n_children)))
        forking.start()
        forking.join()
        busy.join()
        for child in made:
            os.waitpid(child, 0)
    mlexporter.serve(port)
    threading.Event().wait()


if __name__ == "__main__":
    main()
