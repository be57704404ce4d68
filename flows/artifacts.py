"""What Prefect's page shows of a run: the latest of each picture, and the last few tables and findings.

Prefect deletes old flow runs and what belongs to them only on a standing server, and only if asked
(3.8.8, November 2026): so each key keeps as many as stated here, and what is unchanged is not stored again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.objects import Artifact
from prefect.client.schemas.sorting import ArtifactSort
from prefect.runtime import flow_run, task_run

from flows.progress import Watcher
from flows.showing import ShownPicture, list_shown, shrink_picture

PREFIX = "almanac-"
KEPT = {"table": 50, "markdown": 10, "image": 1, "progress": 3}
PAGE = 200  # the most that Prefect gives at once
SHRINKERS = 2
TITLES = {"ingest": "Reading the archives", "charts": "Drawing the charts"}


class ProgressArtifact:
    """How far a step is: called with a share of 1, it makes one artifact and then updates it."""

    def __init__(self, step: str) -> None:
        self.step = step
        self.made: Artifact | None = None

    def __call__(self, share: float) -> None:
        """Store the share; the caller sees to it that this is not done too often."""
        client, percent = get_client(sync_client=True), round(100 * min(max(share, 0.0), 1.0), 1)
        if self.made is None:
            key = f"{PREFIX}progress-{self.step}"
            self.made = _create(client, "progress", key, percent, description=TITLES[self.step])
        else:
            client.update_artifact(self.made.id, ArtifactUpdate(data=percent))


def show(out: Path, watcher: Watcher) -> None:
    """Make the artifacts of the run that ``watcher`` saw, and delete what they take the place of."""
    shown = list_shown(out, watcher)
    client = get_client(sync_client=True)
    before = list(_read_all(client))
    newest = {artifact.key: artifact for artifact in reversed(before)}
    made = [
        _create(client, "table", f"{PREFIX}counts", json.dumps(shown.counts), description="What was done")
    ]
    key = f"{PREFIX}findings"
    if key not in newest or newest[key].data != shown.findings:
        made.append(_create(client, "markdown", key, shown.findings, description="What the archive shows"))
    pictures = {f"{PREFIX}{picture.key}": picture for picture in shown.pictures}
    stale = {key: each for key, each in pictures.items() if not _is_of(newest.get(key), each)}
    with ThreadPoolExecutor(SHRINKERS) as threads:
        images = threads.map(shrink_picture, [picture.path for picture in stale.values()])
        for (key, picture), image in zip(stale.items(), images, strict=True):
            data = f"data:image/png;base64,{base64.b64encode(image).decode()}"
            made.append(
                _create(client, "image", key, data, description=picture.caption, digest=picture.digest)
            )
    for artifact in _list_surplus([*reversed(made), *before], {*pictures}):
        client.delete_artifact(artifact.id)


def _is_of(artifact: Artifact | None, picture: ShownPicture) -> bool:
    known = artifact and (artifact.metadata_ or {}).get("digest")
    return known == picture.digest and artifact is not None and artifact.description == picture.caption


def _list_surplus(newest_first: Iterable[Artifact], pictures: set[str]) -> Iterator[Artifact]:
    """Yield what is more than is kept of its key, and pictures that are there no longer."""
    seen: dict[str | None, int] = {}
    for artifact in newest_first:
        seen[artifact.key] = seen.get(artifact.key, 0) + 1
        gone = artifact.type == "image" and artifact.key not in pictures
        if gone or seen[artifact.key] > KEPT.get(artifact.type or "", 1):
            yield artifact


def _read_all(client: SyncPrefectClient) -> Iterator[Artifact]:
    """Yield all of ours, the newest first."""
    ours = ArtifactFilter(key=ArtifactFilterKey(like_=f"{PREFIX}%"))
    offset = 0
    while found := client.read_artifacts(
        artifact_filter=ours, sort=ArtifactSort.CREATED_DESC, limit=PAGE, offset=offset
    ):
        yield from found
        offset += len(found)


def _create(
    client: SyncPrefectClient, kind: str, key: str, data: Any, *, description: str, digest: str = ""
) -> Artifact:
    return client.create_artifact(
        ArtifactCreate(
            key=key,
            type=kind,
            description=description,
            data=data,
            metadata_={"digest": digest} if digest else None,
            flow_run_id=flow_run.id or task_run.flow_run_id,
            task_run_id=task_run.id,
        )
    )
