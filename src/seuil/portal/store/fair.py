"""A queue of long jobs in which nobody is served before others because they ask for more.

A few jobs run at once. When one ends, the next one is taken from the client whose turn it is, each client in turn
(round robin), and of that client's jobs the oldest. A client whose files take up its share of the disk waits. A job
that is ahead of its reader can let all others go first.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Callable

from seuil.portal.store.abort import current_abort
from seuil.portal.store.errors import BusyError

RETRY_SECONDS = 5
Job = Callable[[], None]


class FairQueue:
    """Runs jobs, each in a thread of its own. All methods may be called from any thread.

    at_once: jobs that run at a time. waiting: jobs of one client that may wait. may_start: whether a client may begin
    another one now; call `look` when that may have changed.
    """

    def __init__(self, at_once: int, waiting: int, may_start: Callable[[str], bool]) -> None:
        self._free = at_once
        self._most_waiting = waiting
        self._may_start = may_start
        self._lock = threading.Lock()
        self._jobs: OrderedDict[str, deque[Job]] = OrderedDict()
        self._paused: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        """Jobs that haven't been begun, or let others go first."""
        with self._lock:
            return sum(map(len, self._jobs.values())) + len(self._paused)

    def submit(self, client: str, job: Job) -> None:
        """Run a job in its turn. Raises BusyError where the client has too many that wait."""
        with self._lock:
            jobs = self._jobs.setdefault(client, deque())
            if len(jobs) >= self._most_waiting:
                raise BusyError("exports", RETRY_SECONDS)
            jobs.append(job)
        self.look()

    def pause(self) -> None:
        """For a running job: let those go first that wait. Raises AbortedError if it isn't wanted any more."""
        abort, resumed = current_abort(), threading.Event()
        with self._lock:
            if not self._jobs:
                return
            self._paused.append(resumed)
            self._free += 1
        self.look()
        try:
            with abort.calling(resumed.set):
                resumed.wait()
        finally:
            with self._lock:
                if resumed in self._paused:
                    self._paused.remove(resumed)
                    self._free -= 1  # it ends at once, and gives back what it has taken
        abort.check()

    def look(self) -> None:
        """Start whatever can start now."""
        while (job := self._next()) is not None:
            threading.Thread(target=self._run, args=(job,), name="seuil-export", daemon=True).start()

    def _next(self) -> Job | None:
        with self._lock:
            if self._free <= 0:
                return None
            for client, jobs in self._jobs.items():
                if self._may_start(client):
                    job = jobs.popleft()
                    self._jobs.move_to_end(client)
                    if not jobs:
                        del self._jobs[client]
                    self._free -= 1
                    return job
            while self._paused and self._free > 0:
                self._free -= 1
                self._paused.popleft().set()
        return None

    def _run(self, job: Job) -> None:
        try:
            job()
        finally:
            with self._lock:
                self._free += 1
            self.look()
